// Fan-out of output to those attached, within a bound for each; their input to the container.
#include "attach.h"

#include "base.h"
#include "container.h"

#include <fcntl.h>
#include <string.h>

// One output of one attached client.
struct tap {
    struct source source;
    struct writer queue;
    size_t sent;
    bool ending; // closes once the queue is sent
};

struct attachment {
    struct attachment *next;
    struct container *container;
    struct client *client;
    uint32_t request;
    struct tap taps[2]; // stdout, stderr
    struct relay input;
    bool has_input;
};

static void tap_close(struct tap *tap)
{
    loop_close(&tap->source);
    writer_free(&tap->queue);
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

static void tap_ready(struct source *source, uint32_t events)
{
    (void)events;
    tap_flush(container_of(source, struct tap, source));
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
    if (tap->queue.size - tap->sent + size > ATTACH_QUEUE_MAX)
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
    for (struct attachment **at = &container->attachments; *at != NULL; at = &(*at)->next) {
        if (*at == attachment) {
            *at = attachment->next;
            break;
        }
    }
    bool last_input = attachment->has_input && input_ends_with_client(container);
    relay_close(&attachment->input);
    for (int i = 0; i < 2; i++)
        tap_close(&attachment->taps[i]);
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
        if (tap->source.fd >= 0 && tap->queue.size == 0)
            tap_close(tap);
    }
}

void attachments_close_input(struct container *container)
{
    for (struct attachment *a = container->attachments; a != NULL; a = a->next)
        relay_close(&a->input);
}

void attachments_end_of_client(const struct client *client)
{
    for (struct container *c = containers; c != NULL; c = c->next) {
        struct attachment *next;
        for (struct attachment *a = c->attachments; a != NULL; a = next) {
            next = a->next;
            if (a->client == client)
                detach(a);
        }
    }
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

static int open_taps(struct attachment *attachment, uint32_t flags, int *descriptors)
{
    static const uint32_t outputs[2] = {FLAG_STDOUT, FLAG_STDERR};
    int next = (flags & FLAG_STDIN) != 0;
    for (int i = 0; i < 2; i++) {
        if ((flags & outputs[i]) == 0)
            continue;
        struct tap *tap = &attachment->taps[i];
        tap->source.fd = take_fd(&descriptors[next++]);
        int rc = set_nonblocking(tap->source.fd);
        if (rc < 0)
            return rc;
    }
    if ((flags & FLAG_STDIN) == 0)
        return 0;
    int target = fcntl(attachment->container->input, F_DUPFD_CLOEXEC, 3);
    if (target < 0)
        return -EPIPE;
    attachment->has_input = true;
    return relay_open(&attachment->input, take_fd(&descriptors[0]), target, input_ended);
}

void attach(struct client *client, uint32_t request, struct container *container, uint32_t flags)
{
    struct attachment *a = calloc(1, sizeof *a);
    if (a == NULL) {
        client_error(client, request, ENOMEM, "out of memory");
        return;
    }
    a->container = container;
    a->client = client;
    a->request = request;
    a->input.in.fd = a->input.out.fd = -1;
    for (int i = 0; i < 2; i++)
        a->taps[i].source = (struct source){.fd = -1, .ready = tap_ready};
    a->next = container->attachments;
    container->attachments = a;
    int rc = open_taps(a, flags, client->fds);
    if (rc < 0) {
        a->has_input = false;
        detach(a);
        client_error(client, request, -rc, rc == -EPIPE ? "the container's stdin is closed" : "attach");
        return;
    }
    client_ok(client, request);
}
