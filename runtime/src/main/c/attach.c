// Fan-out of output to those attached, within a bound for each; their input to the container.
#include "attach.h"

#include "base.h"
#include "container.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

struct attachment;

// One output of one attached client.
struct tap {
    struct source source;
    struct attachment *owner;
    struct writer queue;
    size_t sent;
    bool ending; // closes once the queue is sent
};

struct attachment {
    struct attachment *next;
    struct container *container; // NULL while its start is waited for
    struct client *client;
    uint32_t request, flags;
    struct tap taps[2]; // stdout, stderr
    struct relay input;
    int input_end; // the client's, until the container has an input
    bool has_input;
    char awaited[CONTAINER_ID_MAX + 1];
};

// Those who wait for a container's start.
static struct attachment *early;

static size_t tap_unsent(const struct tap *tap)
{
    return tap->queue.size - tap->sent;
}

// What this one held up may go on.
static void tap_relieve(const struct tap *tap)
{
    struct container *container = tap->owner->container;
    if (container != NULL && (tap->owner->flags & FLAG_HOLD) != 0)
        stream_resume(tap == &tap->owner->taps[1] ? &container->err : &container->out);
}

static void tap_close(struct tap *tap)
{
    loop_close(&tap->source);
    writer_free(&tap->queue);
    tap->sent = 0;
}

// Sends what is taken without waiting.
static void tap_flush(struct tap *tap)
{
    while (tap->sent < tap->queue.size) {
        ssize_t n = write(tap->source.fd, tap->queue.data + tap->sent, tap->queue.size - tap->sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            if (loop_watch(&tap->source, EPOLLOUT) < 0)
                tap_close(tap);
            return;
        }
        if (n <= 0) {
            tap_close(tap);
            return;
        }
        tap->sent += (size_t)n;
    }
    writer_free(&tap->queue);
    tap->sent = 0;
    loop_watch(&tap->source, 0);
    if (tap->ending)
        tap_close(tap);
}

// Makes the pipe large enough for all that is unsent, and sends it: it stays there for the reader when this process is gone.
static void tap_push(struct tap *tap)
{
    enum { SLACK = 64 << 10 };
    if (tap->source.fd < 0 || tap_unsent(tap) == 0)
        return;
    int size = fcntl(tap->source.fd, F_GETPIPE_SZ);
    if (size > 0 && tap_unsent(tap) < INT_MAX / 4)
        fcntl(tap->source.fd, F_SETPIPE_SZ, size + 2 * (int)tap_unsent(tap) + SLACK);
    tap_flush(tap);
    tap_relieve(tap);
}

static void tap_ready(struct source *source, uint32_t events)
{
    (void)events;
    struct tap *tap = container_of(source, struct tap, source);
    tap_flush(tap);
    tap_relieve(tap);
}

// False when the reader has fallen too far behind.
static bool tap_write(struct tap *tap, const uint8_t *data, size_t size)
{
    if (tap->source.fd < 0)
        return true;
    if (tap->sent > tap->queue.size / 2) {
        memmove(tap->queue.data, tap->queue.data + tap->sent, tap->queue.size - tap->sent);
        tap->queue.size -= tap->sent;
        tap->sent = 0;
    }
    bool waiting = tap->queue.size > 0;
    if ((tap->owner->flags & FLAG_HOLD) == 0 && tap_unsent(tap) + size > ATTACH_QUEUE_MAX)
        return false;
    put_raw(&tap->queue, data, size);
    if (tap->queue.failed)
        return false;
    if (!waiting)
        tap_flush(tap);
    return true;
}

// A terminal has no end of input: whoever attaches next types on.
static bool input_ends_with_client(const struct container *container)
{
    return (container->flags & (FLAG_STDIN_ONCE | FLAG_TERMINAL)) == FLAG_STDIN_ONCE;
}

static void detach(struct attachment *attachment)
{
    struct container *container = attachment->container;
    struct attachment **list = container == NULL ? &early : &container->attachments;
    for (struct attachment **at = list; *at != NULL; at = &(*at)->next) {
        if (*at == attachment) {
            *at = attachment->next;
            break;
        }
    }
    bool last_input = container != NULL && attachment->has_input && input_ends_with_client(container);
    relay_close(&attachment->input);
    close_fd(&attachment->input_end);
    for (int i = 0; i < 2; i++) {
        tap_close(&attachment->taps[i]);
        tap_relieve(&attachment->taps[i]);
    }
    free(attachment);
    if (last_input)
        container_close_input(container);
}

void attachments_output(struct container *container, bool error, const uint8_t *data, size_t size)
{
    struct attachment *next;
    for (struct attachment *a = container->attachments; a != NULL; a = next) {
        next = a->next;
        if (tap_write(&a->taps[error], data, size))
            continue;
        client_error(a->client, a->request, ENOBUFS, "detached: the output was not read fast enough");
        detach(a);
    }
}

void attachments_output_ended(struct container *container, bool error)
{
    for (struct attachment *a = container->attachments; a != NULL; a = a->next) {
        struct tap *tap = &a->taps[error];
        tap->ending = true;
        tap_push(tap);
        if (tap->source.fd >= 0 && tap->queue.size == 0)
            tap_close(tap);
    }
}

void attachments_push(struct container *container)
{
    for (struct attachment *a = container->attachments; a != NULL; a = a->next)
        for (int i = 0; i < 2; i++)
            tap_push(&a->taps[i]);
}

bool attachments_hold(const struct container *container, bool error)
{
    for (const struct attachment *a = container->attachments; a != NULL; a = a->next)
        if ((a->flags & FLAG_HOLD) != 0 && tap_unsent(&a->taps[error]) > ATTACH_HOLD_MAX)
            return true;
    return false;
}

void attachments_close_input(struct container *container)
{
    for (struct attachment *a = container->attachments; a != NULL; a = a->next) {
        relay_close(&a->input);
        close_fd(&a->input_end);
    }
}

static void detach_client(struct attachment *first, const struct client *client)
{
    struct attachment *next;
    for (struct attachment *a = first; a != NULL; a = next) {
        next = a->next;
        if (a->client == client)
            detach(a);
    }
}

void attachments_end_of_client(const struct client *client)
{
    detach_client(early, client);
    for (struct container *c = containers; c != NULL; c = c->next)
        detach_client(c->attachments, client);
}

void attachments_free(struct container *container)
{
    while (container->attachments != NULL)
        detach(container->attachments);
}

static void input_ended(struct relay *relay)
{
    struct attachment *attachment = container_of(relay, struct attachment, input);
    if (input_ends_with_client(attachment->container))
        container_close_input(attachment->container);
}

static int open_taps(struct attachment *attachment, int *descriptors)
{
    static const uint32_t outputs[2] = {FLAG_STDOUT, FLAG_STDERR};
    int next = 0;
    if ((attachment->flags & FLAG_STDIN) != 0)
        attachment->input_end = take_fd(&descriptors[next++]);
    for (int i = 0; i < 2; i++) {
        if ((attachment->flags & outputs[i]) == 0)
            continue;
        struct tap *tap = &attachment->taps[i];
        tap->source.fd = take_fd(&descriptors[next++]);
        int rc = set_nonblocking(tap->source.fd);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int take_input(struct attachment *attachment)
{
    if (attachment->input_end < 0)
        return 0;
    int target = fcntl(attachment->container->input, F_DUPFD_CLOEXEC, 3);
    if (target < 0)
        return -EPIPE;
    attachment->has_input = true;
    return relay_open(&attachment->input, take_fd(&attachment->input_end), target, input_ended);
}

static struct attachment *new_attachment(struct client *client, uint32_t request, uint32_t flags)
{
    struct attachment *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->client = client;
    a->request = request;
    a->flags = flags;
    a->input_end = a->input.in.fd = a->input.out.fd = -1;
    for (int i = 0; i < 2; i++)
        a->taps[i] = (struct tap){.source = {.fd = -1, .ready = tap_ready}, .owner = a};
    return a;
}

// The OK has the time: what the log has of up to then was written before, and all else is sent.
static void answer(const struct attachment *a)
{
    struct writer w = {0};
    size_t frame = frame_begin(&w, FRAME_OK, a->request);
    put_u64(&w, now_ns());
    frame_end(&w, frame);
    client_send(a->client, &w);
    writer_free(&w);
}

// What was read of a line that has not ended is not in the log, and will not be read again.
static void begin_with_line(struct attachment *a)
{
    const struct stream *streams[] = {&a->container->out, &a->container->err};
    for (int i = 0; i < 2; i++)
        if (streams[i]->unfinished.size > 0)
            tap_write(&a->taps[i], streams[i]->unfinished.text, streams[i]->unfinished.size);
}

void attach(struct client *client, uint32_t request, struct container *container, uint32_t flags)
{
    struct attachment *a = new_attachment(client, request, flags);
    if (a == NULL) {
        client_error(client, request, ENOMEM, "out of memory");
        return;
    }
    a->container = container;
    a->next = container->attachments;
    container->attachments = a;
    int rc = open_taps(a, client->fds);
    // A container that starts may get its input yet.
    if (rc == 0 && (container->state != STATE_STARTING || container->input >= 0))
        rc = take_input(a);
    if (rc < 0) {
        a->has_input = false;
        detach(a);
        client_error(client, request, -rc, rc == -EPIPE ? "the container's stdin is closed" : "attach");
        return;
    }
    if ((flags & FLAG_HOLD) != 0)
        begin_with_line(a);
    answer(a);
}

void attach_early(struct client *client, uint32_t request, const char *id, uint32_t flags)
{
    struct attachment *a = new_attachment(client, request, flags);
    if (a == NULL) {
        client_error(client, request, ENOMEM, "out of memory");
        return;
    }
    strcpy(a->awaited, id);
    a->next = early;
    early = a;
    int rc = open_taps(a, client->fds);
    if (rc < 0) {
        detach(a);
        client_error(client, request, -rc, "attach");
        return;
    }
    answer(a);
}

void attachments_of_start(struct container *container)
{
    struct attachment **at = &early;
    while (*at != NULL) {
        struct attachment *a = *at;
        if (strcmp(a->awaited, container->id) != 0) {
            at = &a->next;
            continue;
        }
        *at = a->next;
        a->container = container;
        a->next = container->attachments;
        container->attachments = a;
    }
}

void attachments_take_input(struct container *container)
{
    if (container->input < 0)
        return;
    for (struct attachment *a = container->attachments; a != NULL; a = a->next)
        if (take_input(a) < 0)
            close_fd(&a->input_end);
}
