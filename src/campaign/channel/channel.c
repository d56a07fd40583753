#include "campaign/channel.h"

#include "campaign/wire.h"

Status channel_send(Channel *channel, int peer, const void *data, size_t length) {
    if (length > WIRE_MAX_BYTES)
        return status_fail(STATUS_ENVIRONMENT, "a message of %zu bytes, and %zu is the most there can be",
                           length, WIRE_MAX_BYTES);
    return channel->ops->send(channel, peer, data, length);
}

Status channel_receive(Channel *channel, int *peer, uint8_t **data, size_t *length) {
    *peer = -1;
    *data = NULL;
    *length = 0;
    return channel->ops->receive(channel, peer, data, length);
}

bool channel_sending(const Channel *channel) {
    return channel->ops->sending(channel);
}

void channel_give_up(Channel *channel, int peer) {
    if (channel->ops->give_up != NULL) channel->ops->give_up(channel, peer);
}

void channel_destroy(Channel **channel) {
    if (*channel != NULL) (*channel)->ops->destroy(*channel);
    *channel = NULL;
}
