#include "rank/host_process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/node_segment.h"
#include "engine/blas.h"
#include "rank/host_child.h"
#include "store/parts.h"

/* Only parents end trial processes: signals meant for the campaign pass them by. A limit on the size of files
 * is an error of write(2), as a full disk is. */
static void set_signals(void) {
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGXFSZ};
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        signal(ignored[i], SIG_IGN);
    static const int plain[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGCHLD};
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        signal(plain[i], SIG_DFL);
}

/* There was no room for one copy of the data for the whole node. */
static Status load_own(JobContext *context, const SetupMessage *setup) {
    TRY(dataset_load(&context->dataset, &context->config->data, context->config->seed));
    if (dataset_hash(context->dataset) == setup->data_hash) return STATUS_OK;
    char host[HOST_NAME_SIZE] = "?";
    if (gethostname(host, sizeof(host) - 1) != 0) text_copy(host, sizeof(host), "?");
    return status_fail(STATUS_INPUT, "the data files on %s are not those that rank 0 reads", host);
}

static Status set_up(JobContext *context, const SetupMessage *setup) {
    if (setup->threads < 1 || setup->threads > BLAS_THREADS_MAX)
        return status_fail(STATUS_ENVIRONMENT, "a trial cannot have %u threads", setup->threads);
    TRY(config_parse(&context->config, setup->config_name, setup->config_text, strlen(setup->config_text)));
    TRY(memory_text(&context->file, setup->file));
    if (setup->segment[0] == '\0') {
        TRY(load_own(context, setup));
    } else {
        NodeSegment segment; /* stays mapped as long as this process lives */
        TRY(node_segment_attach(&segment, setup->segment, setup->segment_length));
        TRY(dataset_view(&context->dataset, segment.data, segment.length));
    }
    (void)blas_prepare((int)setup->threads);
    return STATUS_OK;
}

static Status on_setup(HostState *host, const SetupMessage *setup) {
    Message answer = {.kind = MESSAGE_READY};
    Status status = set_up(&host->context, setup);
    answer.as.ready.status = (uint32_t)status;
    if (status != STATUS_OK) text_copy(answer.as.ready.text, sizeof(answer.as.ready.text), status_text());
    return message_send(host->supervisor, 0, &answer);
}

static Status write_blob(const JobContext *context, const StoreMessage *store) {
    if (context->file == NULL || context->file[0] == '\0')
        return status_fail(STATUS_ENVIRONMENT, "this rank does not see the campaign's folder");
    return parts_write(context->file, store->name, store->blob, store->length);
}

static Status on_store(HostState *host, const StoreMessage *store) {
    Message answer = {.kind = MESSAGE_STORED};
    StoredMessage *stored = &answer.as.stored;
    Status status = write_blob(&host->context, store);
    stored->owner = store->owner;
    stored->status = (uint32_t)status;
    text_copy(stored->name, sizeof(stored->name), store->name);
    if (status != STATUS_OK) text_copy(stored->text, sizeof(stored->text), status_text());
    return message_send(host->supervisor, 0, &answer);
}

static void on_cancel(const HostState *host, size_t slot) {
    if (slot < JOB_SLOT_COUNT && host->children[slot].process != 0)
        kill(host->children[slot].process, SIGKILL);
}

/* Where the child has just ended, nobody is left to save anything. */
static void on_save(const HostState *host, const Message *message) {
    Channel *trial = host->children[JOB_SLOT_TRIAL].channel;
    if (trial != NULL && message_send(trial, 0, message) != STATUS_OK) status_clear();
}

static Status on_message(HostState *host, const Message *message) {
    switch (message->kind) {
    case MESSAGE_SETUP: return on_setup(host, &message->as.setup);
    case MESSAGE_JOB: return host_child_start(host, &message->as.job);
    case MESSAGE_STORE: return on_store(host, &message->as.store);
    case MESSAGE_CANCEL: on_cancel(host, message->as.cancel.slot); return STATUS_OK;
    case MESSAGE_SAVE: on_save(host, message); return STATUS_OK;
    default: return STATUS_OK;
    }
}

static Status listen_to_supervisor(HostState *host) {
    for (;;) {
        int peer;
        Message message;
        bool got;
        TRY(message_receive(host->supervisor, &peer, &message, &got));
        if (!got) return STATUS_OK;
        Status status = on_message(host, &message);
        message_release(&message);
        TRY(status);
    }
}

static struct pollfd wait_for(const Channel *channel) {
    return (struct pollfd){.fd = channel_socket_descriptor(channel),
                           .events = (short)(POLLIN | (channel_sending(channel) ? POLLOUT : 0))};
}

static Status host_round(HostState *host) {
    struct pollfd wait[1 + JOB_SLOT_COUNT];
    size_t slots[1 + JOB_SLOT_COUNT], count = 0;
    wait[count++] = wait_for(host->supervisor);
    for (size_t i = 0; i < JOB_SLOT_COUNT; i++) {
        if (host->children[i].process == 0) continue;
        slots[count] = i;
        wait[count++] = wait_for(host->children[i].channel);
    }
    if (poll(wait, count, -1) < 0 && errno != EINTR)
        return status_fail_errno(STATUS_ENVIRONMENT, "poll in the host process");
    for (size_t i = 1; i < count; i++) {
        if (wait[i].revents != 0) TRY(host_child_listen(host, slots[i]));
    }
    return listen_to_supervisor(host);
}

void host_main(int descriptor, pid_t parent) {
    host_die_with_parent(parent);
    set_signals();
    HostState host = {0};
    Status status = channel_socket_create(&host.supervisor, descriptor);
    while (status == STATUS_OK)
        status = host_round(&host);
    if (host.supervisor != NULL) { /* why; where the supervisor is gone, nobody hears it */
        Message last = {.kind = MESSAGE_READY};
        last.as.ready.status = (uint32_t)status;
        text_copy(last.as.ready.text, sizeof(last.as.ready.text), status_text());
        if (message_send(host.supervisor, 0, &last) == STATUS_OK) host_flush(host.supervisor);
    }
    for (size_t i = 0; i < JOB_SLOT_COUNT; i++) {
        if (host.children[i].process != 0) kill(host.children[i].process, SIGKILL);
    }
    _exit(0);
}
