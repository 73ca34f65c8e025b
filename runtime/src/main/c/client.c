// Connections: accept, read one frame a turn, write what is queued.
#include "client.h"

#include "attach.h"
#include "base.h"
#include "exec.h"
#include "launch.h"
#include "request.h"
#include "shutdown.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static struct client *clients;
static unsigned client_count;

static void close_descriptors(struct client *client)
{
    for (unsigned i = 0; i < CLIENT_FDS; i++)
        close_fd(&client->fds[i]);
    client->fd_count = 0;
}

static void client_close(struct client *client)
{
    for (struct client **at = &clients; *at != NULL; at = &(*at)->next) {
        if (*at == client) {
            *at = client->next;
            break;
        }
    }
    client_count--;
    shutdown(client->source.fd, SHUT_RDWR); // a child that has not executed yet holds a copy
    loop_close(&client->source);
    launches_forget_client(client);
    shutdown_forget_client(client);
    execs_end_of_client(client);
    attachments_end_of_client(client);
    close_descriptors(client);
    free(client->payload);
    writer_free(&client->out);
    free(client);
}

// Sends what the socket takes. Returns false when the peer is gone.
static bool client_flush(struct client *client)
{
    while (client->out_sent < client->out.size) {
        ssize_t n = send(client->source.fd, client->out.data + client->out_sent, client->out.size - client->out_sent,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return loop_watch(&client->source, (client->ending ? 0 : EPOLLIN) | EPOLLOUT) == 0;
        if (n < 0)
            return false;
        client->out_sent += (size_t)n;
    }
    writer_free(&client->out);
    client->out_sent = 0;
    if (client->ending)
        return false;
    return loop_watch(&client->source, EPOLLIN) == 0;
}

// The handler of whoever calls may hold the client, so it is closed by its own event, which this brings about.
static void client_hang_up(struct client *client)
{
    client->ending = true;
    writer_free(&client->out);
    client->out_sent = 0;
    shutdown(client->source.fd, SHUT_RDWR);
    loop_watch(&client->source, EPOLLIN);
}

void client_send(struct client *client, struct writer *frame)
{
    if (client != NULL && !client->ending) {
        put_raw(&client->out, frame->data, frame->size);
        if (frame->failed || client->out.failed || client->out.size - client->out_sent > CLIENT_QUEUE_MAX ||
            !client_flush(client))
            client_hang_up(client);
    }
}

void client_end(struct client *client)
{
    client->ending = true;
    if (!client_flush(client))
        client_hang_up(client);
}

void client_ok(struct client *client, uint32_t request)
{
    struct writer w = {0};
    frame_end(&w, frame_begin(&w, FRAME_OK, request));
    client_send(client, &w);
    writer_free(&w);
}

void client_error(struct client *client, uint32_t request, int error, const char *message)
{
    struct writer w = {0};
    size_t frame = frame_begin(&w, FRAME_ERROR, request);
    put_i32(&w, error);
    put_string(&w, message);
    frame_end(&w, frame);
    client_send(client, &w);
    writer_free(&w);
}

void client_failed(struct client *client, uint32_t request, uint32_t step, uint16_t type, int error,
                   const char *subject, const char *message)
{
    struct writer w = {0};
    size_t frame = frame_begin(&w, FRAME_FAILED, request);
    put_u32(&w, step);
    put_u16(&w, type);
    put_i32(&w, error);
    put_string(&w, subject);
    put_string(&w, message);
    frame_end(&w, frame);
    client_send(client, &w);
    writer_free(&w);
}

void clients_publish(struct writer *frame)
{
    for (struct client *client = clients; client != NULL; client = client->next)
        if (client->subscribed)
            client_send(client, frame);
}

static void malformed(struct client *client, const char *message)
{
    struct reader r = reader_of(client->header + 8, FRAME_HEADER - 8);
    client_error(client, client->have < FRAME_HEADER ? 0 : take_u32(&r), EBADMSG, message);
    client_end(client);
}

// Keeps the descriptors of a message; more than a frame may have, or some lost on the way, make it malformed.
static bool keep_descriptors(struct client *client, struct msghdr *message)
{
    bool fits = (message->msg_flags & MSG_CTRUNC) == 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (client->fd_count < CLIENT_FDS) {
                client->fds[client->fd_count++] = fd;
            } else {
                close(fd);
                fits = false;
            }
        }
    }
    return fits;
}

// Reads towards the wanted size, never beyond the frame, so that descriptors belong to it.
static ssize_t receive(struct client *client, void *to, size_t size)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(8 * sizeof(int))];
    struct iovec part = {.iov_base = to, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(client->source.fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0)
        return -errno;
    return keep_descriptors(client, &message) ? n : -EBADMSG;
}

// Returns -EAGAIN when there is more to come.
static int receive_part(struct client *client, void *to, size_t size)
{
    ssize_t n = size == 0 ? 0 : receive(client, to, size);
    if (n < 0)
        return (int)n;
    if (n == 0 && size > 0)
        return -EPIPE;
    client->have += (size_t)n;
    return (size_t)n < size ? -EAGAIN : 0;
}

static int read_frame(struct client *client)
{
    if (client->have < FRAME_HEADER) {
        int rc = receive_part(client, client->header + client->have, FRAME_HEADER - client->have);
        if (rc < 0)
            return rc;
        struct reader r = reader_of(client->header, FRAME_HEADER);
        size_t length = take_u32(&r);
        take_u16(&r);
        if (length < FRAME_HEADER - 4 || length > FRAME_MAX || take_u16(&r) != 0)
            return -EBADMSG;
        client->payload_size = length - (FRAME_HEADER - 4);
        client->payload = malloc(client->payload_size + 1);
        if (client->payload == NULL)
            return -ENOMEM;
    }
    size_t at = client->have - FRAME_HEADER;
    return receive_part(client, client->payload + at, client->payload_size - at);
}

static void client_ready(struct source *source, uint32_t events)
{
    struct client *client = container_of(source, struct client, source);
    if ((events & EPOLLOUT) != 0 && !client_flush(client)) {
        client_close(client);
        return;
    }
    if (client->ending && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
        client_close(client);
        return;
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
        return;
    int rc = read_frame(client);
    if (rc == -EAGAIN || rc == -EINTR)
        return;
    if (rc == -EBADMSG) {
        malformed(client, "malformed frame");
        return;
    }
    if (rc < 0) {
        client_close(client);
        return;
    }
    struct reader r = reader_of(client->header, FRAME_HEADER);
    take_u32(&r);
    uint16_t type = take_u16(&r);
    take_u16(&r);
    uint32_t request = take_u32(&r);
    request_handle(client, type, request, (struct slice){.data = client->payload, .size = client->payload_size});
    free(client->payload);
    client->payload = NULL;
    client->have = 0;
    close_descriptors(client);
}

static bool may_connect(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

static void accept_ready(struct source *source, uint32_t events)
{
    (void)events;
    auto_fd fd = accept4(source->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0 || !may_connect(fd) || client_count >= CLIENTS_MAX)
        return;
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return;
    client->source = (struct source){.fd = fd, .ready = client_ready};
    for (unsigned i = 0; i < CLIENT_FDS; i++)
        client->fds[i] = -1;
    if (loop_watch(&client->source, EPOLLIN) < 0) {
        free(client);
        return;
    }
    take_fd(&fd);
    client->next = clients;
    clients = client;
    client_count++;
}

static struct source listener = {.fd = -1, .ready = accept_ready};

int clients_listen(int dir)
{
    auto_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    // Through the descriptor, since a path may be longer than an address holds.
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/shim.sock", path_of_fd(dir).text);
    if (unlinkat(dir, "shim.sock", 0) < 0 && errno != ENOENT)
        return -errno;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || fchmodat(dir, "shim.sock", 0600, 0) < 0 ||
        listen(fd, 64) < 0)
        return -errno;
    listener.fd = take_fd(&fd);
    return loop_watch(&listener, EPOLLIN);
}

void clients_stop_listening(int dir)
{
    unlinkat(dir, "shim.sock", 0);
    loop_close(&listener);
}

void clients_flush(int timeout_ms)
{
    for (struct client *client = clients; client != NULL; client = client->next) {
        struct pollfd wait = {.fd = client->source.fd, .events = POLLOUT};
        while (client->out_sent < client->out.size && poll(&wait, 1, timeout_ms) == 1)
            if (!client_flush(client))
                break;
    }
}
