// epoll: registration and turning.
#include "loop.h"

#include "base.h"

static int epoll = -1;

int loop_open(void)
{
    epoll = epoll_create1(EPOLL_CLOEXEC);
    return epoll < 0 ? -errno : 0;
}

int loop_watch(struct source *source, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = source};
    int operation = EPOLL_CTL_ADD;
    if (source->registered)
        operation = events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    else if (events == 0)
        return 0;
    if (epoll_ctl(epoll, operation, source->fd, &event) < 0)
        return -errno;
    source->registered = events != 0;
    return 0;
}

void loop_close(struct source *source)
{
    if (source->fd < 0)
        return;
    loop_watch(source, 0);
    close_fd(&source->fd);
}

void loop_run(void)
{
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(epoll, &event, 1, -1) == 1) {
            struct source *source = event.data.ptr;
            source->ready(source, event.events);
        }
    }
}
