#include "rank/welcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "rank/process_watch.h"
#include "store/parts.h"

Status welcome_leave_note(const Opening *opening, char token[WELCOME_TOKEN_SIZE]) {
    (void)snprintf(token, WELCOME_TOKEN_SIZE, "%016llx-%ld-%.6f", (unsigned long long)process_space(),
                   (long)getpid(), clock_unix());
    return parts_leave_note(opening->file, token);
}

static Status put(const Opening *opening, const char *token, ByteWriter *writer) {
    bytes_put_u8(writer, opening != NULL);
    if (opening != NULL) {
        bytes_put_text(writer, opening->config->source.name);
        bytes_put_text(writer, opening->config->source.text);
        bytes_put_u64(writer, dataset_hash(opening->dataset));
        bytes_put_text(writer, opening->file);
        bytes_put_text(writer, token);
    }
    return bytes_writer_status(writer);
}

static Status take(Welcome *welcome, const uint8_t *data, size_t length) {
    ByteReader reader = bytes_reader(data, length);
    welcome->run = bytes_get_u8(&reader) != 0;
    if (welcome->run) {
        welcome->config_name = bytes_get_text_new(&reader);
        welcome->config_text = bytes_get_text_new(&reader);
        welcome->data_hash = bytes_get_u64(&reader);
        welcome->file = bytes_get_text_new(&reader);
        bytes_get_text(&reader, welcome->token, sizeof(welcome->token));
    }
    return bytes_reader_status(&reader, "rank 0's welcome");
}

Status welcome_share(Channel *ranks, const MpiPlace *place, const Opening *opening, const char *token,
                     Welcome *welcome) {
    ByteWriter writer = {0};
    Status status = place->rank == 0 ? put(opening, token, &writer) : STATUS_OK;
    uint8_t *received = NULL;
    size_t length = writer.length;
    if (status == STATUS_OK)
        status = channel_mpi_broadcast(ranks, RANKS_ALL, writer.data, &received, &length);
    if (status == STATUS_OK) status = take(welcome, received != NULL ? received : writer.data, length);
    free(received);
    bytes_writer_release(&writer);
    return status;
}

void welcome_release(Welcome *welcome) {
    free(welcome->config_name);
    free(welcome->config_text);
    free(welcome->file);
    *welcome = (Welcome){0};
}
