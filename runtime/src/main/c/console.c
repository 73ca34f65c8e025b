// Receiving a terminal's master by SCM_RIGHTS.
#include "console.h"

#include "base.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static int receive_master(int fd)
{
    char text[256];
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    struct iovec part = {.iov_base = text, .iov_len = sizeof text};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0)
        return -errno;
    struct cmsghdr *c = CMSG_FIRSTHDR(&header);
    int master = -EPROTO;
    if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        memcpy(&master, CMSG_DATA(c), sizeof master);
    return master;
}

// Returns whether it may be called again without waiting.
static bool step(struct console *console)
{
    if (!console->connected) {
        int fd = accept4(console->source.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            return false;
        loop_close(&console->source);
        console->source.fd = fd;
        console->connected = 1;
        return loop_watch(&console->source, EPOLLIN) == 0;
    }
    int master = receive_master(console->source.fd);
    if (master == -EAGAIN)
        return false;
    console_close(console);
    if (master >= 0)
        console->received(console, master);
    return false;
}

static void ready(struct source *source, uint32_t events)
{
    (void)events;
    step(container_of(source, struct console, source));
}

int console_listen(struct console *console, const char *pid_path, void (*received)(struct console *, int master))
{
    auto_free char *path = NULL;
    if (asprintf(&path, "%s.tty", pid_path) < 0) {
        path = NULL;
        return -ENOMEM;
    }
    char *name = strrchr(path, '/');
    if (name == NULL)
        return -EINVAL;
    *name = '\0';
    auto_fd dir = open(*path == '\0' ? "/" : path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    *name = '/';
    auto_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (dir < 0 || fd < 0)
        return -errno;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int size = snprintf(address.sun_path, sizeof address.sun_path, "%s%s", path_of_fd(dir).text, name);
    if (size < 0 || (size_t)size >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    unlinkat(dir, name + 1, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1) < 0)
        return -errno;
    console->source = (struct source){.fd = take_fd(&fd), .ready = ready};
    console->path = path;
    path = NULL;
    console->connected = 0;
    console->received = received;
    return loop_watch(&console->source, EPOLLIN);
}

void console_poll(struct console *console)
{
    while (console->source.fd >= 0 && step(console))
        continue;
}

void console_close(struct console *console)
{
    loop_close(&console->source);
    if (console->path != NULL)
        unlink(console->path);
    free(console->path);
    console->path = NULL;
}
