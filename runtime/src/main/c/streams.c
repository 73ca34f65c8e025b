// Reading pipes and terminals without ever waiting.
#include "streams.h"

#include "attach.h"
#include "base.h"
#include "container.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

void *shared_buffer(void)
{
    _Alignas(16) static unsigned char buffer[SHARED_BUFFER];
    return buffer;
}

int set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return -errno;
    return 0;
}

// Returns what was read; 0 at the end, which a terminal without anybody on it says with EIO.
static ssize_t stream_read(struct stream *stream)
{
    uint8_t *buffer = shared_buffer();
    ssize_t n = read(stream->source.fd, buffer, SHARED_BUFFER);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return -EAGAIN;
    if (n <= 0)
        return 0;
    struct container *container = stream->container;
    crilog_write(&container->log, &stream->unfinished, stream->name, buffer, (size_t)n);
    attachments_output(container, stream == &container->err, buffer, (size_t)n);
    return n;
}

void stream_close(struct stream *stream)
{
    if (stream->source.fd < 0)
        return;
    crilog_flush(&stream->container->log, &stream->unfinished, stream->name);
    loop_close(&stream->source);
    attachments_output_ended(stream->container, stream == &stream->container->err);
    container_stream_ended(stream->container);
}

static void stream_ready(struct source *source, uint32_t events)
{
    (void)events;
    struct stream *stream = container_of(source, struct stream, source);
    if (stream_read(stream) == 0)
        stream_close(stream);
    else if (attachments_hold(stream->container, stream == &stream->container->err))
        loop_watch(&stream->source, 0);
}

void stream_resume(struct stream *stream)
{
    if (stream->source.fd >= 0 && !stream->source.registered &&
        !attachments_hold(stream->container, stream == &stream->container->err))
        loop_watch(&stream->source, EPOLLIN);
}

int stream_open(struct stream *stream, struct container *container, const char *name, int fd)
{
    stream->source = (struct source){.fd = fd, .ready = stream_ready};
    stream->container = container;
    stream->name = name;
    int rc = set_nonblocking(fd);
    return rc < 0 ? rc : loop_watch(&stream->source, EPOLLIN);
}

void stream_drain(struct stream *stream)
{
    if (stream->source.fd < 0)
        return;
    // Others may go on writing for ever: only what is there now, which for a pipe is known.
    int waiting = 0;
    long long budget = 1 << 20;
    if (ioctl(stream->source.fd, FIONREAD, &waiting) == 0 && waiting > 0)
        budget = waiting;
    while (budget > 0) {
        ssize_t n = stream_read(stream);
        if (n == 0) {
            stream_close(stream);
            return;
        }
        if (n < 0)
            break;
        budget -= n;
    }
    crilog_flush(&stream->container->log, &stream->unfinished, stream->name);
}

static void relay_finish(struct relay *relay)
{
    relay_close(relay);
    relay->ended(relay);
}

void relay_close(struct relay *relay)
{
    loop_close(&relay->in);
    loop_close(&relay->out);
    free(relay->held);
    relay->held = NULL;
}

// Writes what out takes of it; returns how much, or -EPIPE.
static ssize_t relay_write(struct relay *relay, const unsigned char *data, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = write(relay->out.fd, data + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            break;
        if (n <= 0)
            return -EPIPE;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

static void relay_in(struct source *source, uint32_t events)
{
    (void)events;
    struct relay *relay = container_of(source, struct relay, in);
    unsigned char *buffer = shared_buffer();
    ssize_t n = read(relay->in.fd, buffer, SHARED_BUFFER);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    ssize_t done = n <= 0 ? -EPIPE : relay_write(relay, buffer, (size_t)n);
    if (done == n && n > 0)
        return;
    if (done >= 0)
        relay->held = malloc((size_t)(n - done));
    if (done < 0 || relay->held == NULL) {
        relay_finish(relay);
        return;
    }
    relay->at = 0;
    relay->size = (size_t)(n - done);
    memcpy(relay->held, buffer + done, relay->size);
    if (loop_watch(&relay->in, 0) < 0 || loop_watch(&relay->out, EPOLLOUT) < 0)
        relay_finish(relay);
}

static void relay_out(struct source *source, uint32_t events)
{
    (void)events;
    struct relay *relay = container_of(source, struct relay, out);
    ssize_t done = relay_write(relay, relay->held + relay->at, relay->size - relay->at);
    if (done < 0) {
        relay_finish(relay);
        return;
    }
    relay->at += (size_t)done;
    if (relay->at < relay->size)
        return;
    free(relay->held);
    relay->held = NULL;
    if (loop_watch(&relay->out, 0) < 0 || loop_watch(&relay->in, EPOLLIN) < 0)
        relay_finish(relay);
}

int relay_open(struct relay *relay, int in, int out, void (*ended)(struct relay *))
{
    relay->in = (struct source){.fd = in, .ready = relay_in};
    relay->out = (struct source){.fd = out, .ready = relay_out};
    relay->held = NULL;
    relay->ended = ended;
    int rc = set_nonblocking(in);
    if (rc == 0)
        rc = set_nonblocking(out);
    if (rc == 0)
        rc = loop_watch(&relay->in, EPOLLIN);
    if (rc < 0)
        relay_close(relay);
    return rc;
}
