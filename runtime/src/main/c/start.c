// A container's way from START to its exit: log, pipes, plan, for a delegate the second plan, the record.
#include "start.h"

#include "attach.h"
#include "base.h"
#include "container.h"
#include "oom.h"
#include "pod.h"
#include "record.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static void finish(struct container *container)
{
    int status = container->status;
    stream_drain(&container->out);
    stream_drain(&container->err);
    attachments_push(container);
    container->oom = oom_killed(container->oom_path);
    container->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    container->code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    container->state = STATE_EXITED;
    container_close_input(container);
    // A record that cannot be written must not keep the exit from those who can be told.
    record_write(container);
    container_stream_ended(container);
    struct writer w = {0};
    size_t frame = frame_begin(&w, FRAME_EXITED, 0);
    container_put_exited(&w, container);
    frame_end(&w, frame);
    clients_publish(&w);
    writer_free(&w);
}

static void exited(struct process *process, int status)
{
    struct container *container = container_of(process, struct container, process);
    container->finished = now_ns();
    container->status = status;
    container->reaped = true;
    if (container->state == STATE_RUNNING)
        finish(container);
}

static void started(struct container *container, const struct launch *launch)
{
    container->launch = NULL;
    container->state = STATE_RUNNING;
    close_fd(&container->delegate_error);
    struct writer w = {0};
    size_t frame = frame_begin(&w, FRAME_STARTED, launch->request);
    put_i32(&w, container->pid);
    put_u64(&w, container->started);
    frame_end(&w, frame);
    client_send(launch->client, &w);
    writer_free(&w);
    if (container->reaped)
        finish(container);
}

static void failed(struct container *container, const struct launch *launch, const struct outcome *o)
{
    container->launch = NULL;
    client_failed(launch->client, launch->request, o->step, o->type, o->error, o->subject, o->message);
    process_signal(&container->process, SIGKILL);
    container_delete(container);
}

static void failed_here(struct container *container, const struct launch *launch, int error, const char *subject,
                        const char *message)
{
    failed(container, launch, &(struct outcome){.error = error, .subject = subject, .message = message});
}

// Waits for the container's process. It may have been reaped by the launch, or as an unknown child.
static int adopt(struct container *container, pid_t pid)
{
    container->pid = pid;
    container->started = now_ns();
    if (process_claim(pid, &container->status)) {
        container->reaped = true;
        container->finished = container->started;
        return 0;
    }
    int rc = process_register(&container->process, pid, exited);
    if (rc < 0)
        return rc;
    siginfo_t info;
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ? -errno : 0;
}

pid_t start_read_pid(const char *path)
{
    char text[32], *end;
    ssize_t n = read_file_at(AT_FDCWD, path, text, sizeof text);
    if (n < 0)
        return (pid_t)n;
    long pid = strtol(text, &end, 10);
    return end == text || pid <= 1 || pid > 1 << 22 ? -EINVAL : (pid_t)pid;
}

static void after_settled(struct launch *launch, const struct outcome *outcome)
{
    struct container *container = launch->owner;
    if (outcome->ok)
        started(container, launch);
    else
        failed(container, launch, outcome);
}

static struct launch *new_launch(struct container *container, enum purpose purpose, struct client *client,
                                 uint32_t request, void (*settled)(struct launch *, const struct outcome *))
{
    struct launch *launch = calloc(1, sizeof *launch);
    if (launch == NULL)
        return NULL;
    launch->purpose = purpose;
    launch->delegate = purpose == PURPOSE_DELEGATE;
    launch->client = client;
    launch->request = request;
    launch->owner = container;
    launch->settled = settled;
    return launch;
}

static int open_stderr(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
    return fd < 0 ? -errno : fd;
}

// The OCI runtime has made the container: its second command starts it.
static void created(struct launch *launch, const struct outcome *outcome)
{
    struct container *container = launch->owner;
    if (!outcome->ok) {
        failed(container, launch, outcome);
        return;
    }
    console_poll(&container->console);
    pid_t pid = start_read_pid(container->pid_path);
    int rc = pid < 0 ? pid : adopt(container, pid);
    if (rc < 0) {
        failed_here(container, launch, -rc, container->pid_path, "take over the process that the OCI runtime made");
        return;
    }
    struct slice plan = {.data = container->after, .size = container->after_size};
    struct launch *second = new_launch(container, PURPOSE_DELEGATE, launch->client, launch->request, after_settled);
    if (second == NULL) {
        failed_here(container, launch, ENOMEM, container->id, "start a child");
        return;
    }
    struct reader r = reader_of(plan.data, plan.size);
    if (take_u32(&r) == 0) {
        started(container, launch);
        free(second);
        return;
    }
    auto_fd error = *container->stderr_path == '\0' ? take_fd(&container->delegate_error)
                                                     : open_stderr(container->stderr_path);
    container->launch = second;
    rc = launch_begin(second, plan, (int[3]){-1, -1, error}, NULL);
    if (rc < 0)
        failed_here(container, launch, -rc, container->id, "start a child");
}

static void settled(struct launch *launch, const struct outcome *outcome)
{
    struct container *container = launch->owner;
    if (!outcome->ok) {
        failed(container, launch, outcome);
        return;
    }
    if (launch->reaped) {
        container->pid = launch->pid;
        container->started = container->finished = now_ns();
        container->status = launch->status;
        container->reaped = true;
    } else {
        process_forget(&launch->process);
        int rc = adopt(container, launch->pid);
        if (rc < 0) {
            failed_here(container, launch, -rc, container->id, "wait for the process");
            return;
        }
    }
    started(container, launch);
}

static void terminal(struct launch *launch, int master)
{
    container_take_terminal(launch->owner, master);
}

static void console_terminal(struct console *console, int master)
{
    container_take_terminal(container_of(console, struct container, console), master);
}

// The child's ends of the container's pipes.
struct ends {
    int fd[3];
};

static void cleanup_ends(struct ends *ends)
{
    for (int i = 0; i < 3; i++)
        close_fd(&ends->fd[i]);
}

static int open_output(struct stream *stream, struct container *container, const char *name, int *end)
{
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) < 0)
        return -errno;
    *end = pair[1];
    return stream_open(stream, container, name, pair[0]);
}

static int open_pipes(struct container *container, struct ends *ends)
{
    int pair[2];
    if ((container->flags & FLAG_TERMINAL) != 0)
        return 0;
    int rc = open_output(&container->out, container, "stdout", &ends->fd[1]);
    if (rc == 0)
        rc = open_output(&container->err, container, "stderr", &ends->fd[2]);
    if (rc < 0 || (container->flags & FLAG_STDIN) == 0)
        return rc;
    if (pipe2(pair, O_CLOEXEC) < 0)
        return -errno;
    ends->fd[0] = pair[0];
    container->input = pair[1];
    return 0;
}

// What a delegate needs beside: where its stderr goes, and the socket on which it hands over a terminal.
static int open_delegate(struct container *container, struct ends *ends)
{
    if ((container->flags & FLAG_DELEGATE) == 0)
        return 0;
    if (*container->stderr_path != '\0') {
        close_fd(&ends->fd[2]);
        int fd = open_stderr(container->stderr_path);
        if (fd < 0)
            return fd;
        ends->fd[2] = fd;
    } else if (ends->fd[2] >= 0) {
        container->delegate_error = fcntl(ends->fd[2], F_DUPFD_CLOEXEC, 3);
    }
    if ((container->flags & FLAG_TERMINAL) == 0)
        return 0;
    return console_listen(&container->console, container->pid_path, console_terminal);
}

static struct container *new_container(const struct start_request *start)
{
    struct container *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->next = containers;
    containers = c;
    c->id = strdup(start->id);
    c->log_path = strdup(start->log_path);
    c->oom_path = strdup(start->oom_path);
    c->pid_path = strdup(start->pid_path);
    c->stderr_path = strdup(start->stderr_path);
    c->flags = start->flags;
    c->log.path = c->log_path;
    c->log.size_max = start->log_size;
    c->log.files_max = start->log_files;
    c->process.pidfd = c->log.fd = c->out.source.fd = c->err.source.fd = -1;
    c->input = c->delegate_error = c->console.source.fd = -1;
    if ((start->flags & FLAG_DELEGATE) != 0 && (c->after = malloc(start->after.size)) != NULL) {
        memcpy(c->after, start->after.data, start->after.size);
        c->after_size = start->after.size;
    }
    bool whole = c->id != NULL && c->log_path != NULL && c->oom_path != NULL && c->pid_path != NULL &&
                 c->stderr_path != NULL && ((start->flags & FLAG_DELEGATE) == 0 || c->after != NULL);
    if (!whole) {
        container_delete(c);
        return NULL;
    }
    return c;
}

void container_start(struct client *client, uint32_t request, const struct start_request *start)
{
    __attribute__((cleanup(cleanup_ends))) struct ends ends = {{-1, -1, -1}};
    const char *subject = start->id, *message = "start a child";
    int rc = -ENOMEM;
    if (container_find(start->id) != NULL) {
        client_failed(client, request, 0, 0, EEXIST, start->id, "the container has been started already");
        return;
    }
    struct container *container = new_container(start);
    if (container == NULL) {
        client_failed(client, request, 0, 0, ENOMEM, start->id, message);
        return;
    }
    if (*start->log_path != '\0' && (rc = crilog_open(start->log_path)) < 0) {
        subject = start->log_path;
        message = "open the log";
        goto fail;
    }
    crilog_take(&container->log, *start->log_path == '\0' ? -1 : rc);
    attachments_of_start(container);
    if ((rc = open_pipes(container, &ends)) < 0) {
        message = "make pipes";
        goto fail;
    }
    attachments_take_input(container);
    if ((rc = open_delegate(container, &ends)) < 0) {
        subject = *start->stderr_path == '\0' ? start->pid_path : start->stderr_path;
        message = "prepare the OCI runtime's files";
        goto fail;
    }
    bool delegate = (start->flags & FLAG_DELEGATE) != 0;
    struct launch *launch = new_launch(container, delegate ? PURPOSE_DELEGATE : PURPOSE_CONTAINER, client, request,
                                       delegate ? created : settled);
    rc = -ENOMEM;
    if (launch == NULL)
        goto fail;
    launch->terminal = terminal;
    container->launch = launch;
    if ((rc = launch_begin(launch, start->plan, ends.fd, NULL)) == 0)
        return;
fail:
    client_failed(client, request, 0, 0, -rc, subject, message);
    container_delete(container);
}
