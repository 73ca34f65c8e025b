// The table of containers and what a client may do to one.
#include "container.h"

#include "attach.h"
#include "base.h"
#include "pod.h"
#include "record.h"
#include "start.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

struct container *containers;

bool valid_id(const char *id)
{
    size_t size = strlen(id);
    return size > 0 && size <= CONTAINER_ID_MAX && *id != '.' &&
           strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == size;
}

struct container *container_find(const char *id)
{
    struct container *c = containers;
    while (c != NULL && strcmp(c->id, id) != 0)
        c = c->next;
    return c;
}

int container_signal(struct container *container, int signal)
{
    if (container->state == STATE_EXITED)
        return -ESRCH;
    if (container->state == STATE_RUNNING)
        return process_signal(&container->process, signal);
    if (container->launch == NULL || signal != SIGKILL)
        return -EAGAIN;
    launch_kill(container->launch, signal);
    return 0;
}

int container_reopen_log(struct container *container)
{
    if (container->log.fd < 0)
        return 0; // none was asked for, or all has been written
    int fd = crilog_open(container->log_path);
    if (fd < 0)
        return fd;
    close_fd(&container->log.fd);
    crilog_take(&container->log, fd);
    return 0;
}

int container_resize(struct container *container, uint16_t rows, uint16_t columns)
{
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    if ((container->flags & FLAG_TERMINAL) == 0 || container->out.source.fd < 0)
        return -ENOTTY;
    return ioctl(container->out.source.fd, TIOCSWINSZ, &size) < 0 ? -errno : 0;
}

void container_close_input(struct container *container)
{
    attachments_close_input(container);
    close_fd(&container->input);
}

int container_take_terminal(struct container *container, int master)
{
    if (container->out.source.fd >= 0) {
        close(master);
        return -EEXIST;
    }
    if ((container->flags & FLAG_STDIN) != 0)
        container->input = fcntl(master, F_DUPFD_CLOEXEC, 3);
    attachments_take_input(container);
    return stream_open(&container->out, container, "stdout", master);
}

void container_stream_ended(struct container *container)
{
    if (container->state == STATE_EXITED && container->out.source.fd < 0 && container->err.source.fd < 0)
        close_fd(&container->log.fd);
}

void container_put_exited(struct writer *w, const struct container *container)
{
    put_string(w, container->id);
    put_i32(w, container->pid);
    put_i32(w, container->code);
    put_i32(w, container->signal);
    put_u8(w, container->oom);
    put_u64(w, container->started);
    put_u64(w, container->finished);
}

void container_delete(struct container *container)
{
    for (struct container **at = &containers; *at != NULL; at = &(*at)->next) {
        if (*at == container) {
            *at = container->next;
            break;
        }
    }
    if (container->state == STATE_EXITED)
        record_remove(container->id);
    stream_close(&container->out);
    stream_close(&container->err);
    attachments_free(container);
    console_close(&container->console);
    process_forget(&container->process);
    close_fd(&container->input);
    close_fd(&container->delegate_error);
    close_fd(&container->log.fd);
    free(container->after);
    free(container->id);
    free(container->log_path);
    free(container->oom_path);
    free(container->pid_path);
    free(container->stderr_path);
    free(container);
}
