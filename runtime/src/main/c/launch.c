// Forking a plan's child, hearing its reports, and deciding when the plan has succeeded or failed.
#include "launch.h"

#include "base.h"
#include "pod.h"
#include "streams.h"
#include "task.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

static struct launch *launches;

static void launch_free(struct launch *launch)
{
    for (struct launch **at = &launches; *at != NULL; at = &(*at)->next) {
        if (*at == launch) {
            *at = launch->next;
            break;
        }
    }
    process_forget(&launch->process);
    loop_close(&launch->channel);
    if (launch->delegate)
        processes_remember_unknown(false);
    free(launch->report);
    free(launch);
}

static void settle(struct launch *launch, const struct outcome *outcome)
{
    loop_close(&launch->channel);
    launch->settled(launch, outcome);
    launch_free(launch);
}

// A child that ended without a word: says how.
static void settle_death(struct launch *launch)
{
    char message[64];
    int status = launch->status;
    if (WIFSIGNALED(status))
        snprintf(message, sizeof message, "killed by signal %d", WTERMSIG(status));
    else
        snprintf(message, sizeof message, "exited with %d", WEXITSTATUS(status));
    settle(launch, &(struct outcome){.ok = false, .subject = "", .message = message});
}

static void check(struct launch *launch)
{
    if (!launch->ended && !launch->reaped)
        return;
    if (launch->failed)
        settle(launch, &launch->outcome);
    else if (launch->done || (launch->executed && !launch->delegate))
        settle(launch, &(struct outcome){.ok = true});
    else if (launch->reaped && launch->delegate && launch->status == 0)
        settle(launch, &(struct outcome){.ok = true});
    else if (launch->reaped)
        settle_death(launch);
}

static void remember_failure(struct launch *launch, const struct message *m, const char *text, size_t size)
{
    const char *subject = text;
    size_t subject_size = strnlen(text, size);
    if (launch->failed || subject_size + 2 > size || (launch->report = malloc(size)) == NULL)
        return;
    memcpy(launch->report, text, size);
    launch->report[size - 1] = '\0';
    subject = launch->report;
    launch->failed = true;
    launch->outcome = (struct outcome){.ok = false,
                                       .step = m->step,
                                       .type = (uint16_t)m->type,
                                       .error = m->error,
                                       .subject = subject,
                                       .message = subject + subject_size + 1};
}

static void answer(const struct launch *launch, int32_t result)
{
    send(launch->channel.fd, &result, sizeof result, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void launch_exited(struct process *process, int status);

static void handle(struct launch *launch, const struct message *m, char *text, size_t size, pid_t sender, int *fd)
{
    bool setup = launch->purpose == PURPOSE_SETUP;
    switch ((enum message_kind)m->kind) {
    case MESSAGE_HELLO:
        process_forget(&launch->process);
        launch->pid = sender;
        process_register(&launch->process, sender, launch_exited);
        break;
    case MESSAGE_EXECUTING:
        launch->executed = true;
        break;
    case MESSAGE_DONE:
        launch->done = true;
        break;
    case MESSAGE_FAILED:
        remember_failure(launch, m, text, size);
        break;
    case MESSAGE_MAP_IDS:
        answer(launch, pod_map_ids(sender, text, size));
        break;
    case MESSAGE_KEEP:
        answer(launch, setup ? pod_keep(sender, m->argument) : -EPERM);
        break;
    case MESSAGE_PIN:
        answer(launch, setup ? pod_pin(sender, m->argument, text) : -EPERM);
        break;
    case MESSAGE_HOLD_SHM:
        answer(launch, setup ? pod_hold_shm(sender) : -EPERM);
        break;
    case MESSAGE_TERMINAL:
        if (launch->terminal != NULL && *fd >= 0)
            launch->terminal(launch, take_fd(fd));
        break;
    }
}

static pid_t take_control(struct msghdr *header, int *fd)
{
    pid_t sender = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS) {
            struct ucred credentials;
            memcpy(&credentials, CMSG_DATA(c), sizeof credentials);
            sender = credentials.pid;
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
            memcpy(fd, CMSG_DATA(c), sizeof *fd);
        }
    }
    return sender;
}

// Hears all that has been said so far.
static void drain(struct launch *launch)
{
    while (!launch->ended) {
        _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int))];
        struct message m;
        char *text = shared_buffer();
        struct iovec parts[2] = {{.iov_base = &m, .iov_len = sizeof m},
                                 {.iov_base = text, .iov_len = MESSAGE_TEXT_MAX}};
        struct msghdr header = {
            .msg_iov = parts, .msg_iovlen = 2, .msg_control = control, .msg_controllen = sizeof control};
        ssize_t n = recvmsg(launch->channel.fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < (ssize_t)sizeof m) {
            launch->ended = true;
            return;
        }
        auto_fd fd = -1;
        pid_t sender = take_control(&header, &fd);
        size_t size = (size_t)n - sizeof m;
        text[size] = '\0';
        handle(launch, &m, text, size, sender, &fd);
    }
}

void launches_drain(void)
{
    for (struct launch *l = launches; l != NULL; l = l->next)
        drain(l);
}

static void channel_ready(struct source *source, uint32_t events)
{
    (void)events;
    struct launch *launch = container_of(source, struct launch, channel);
    drain(launch);
    if (launch->ended)
        loop_watch(&launch->channel, 0);
    check(launch);
}

static void launch_exited(struct process *process, int status)
{
    struct launch *launch = container_of(process, struct launch, process);
    pid_t pid = process->pid;
    drain(launch);
    // The first child ends when it has forked: then another is waited for by now.
    if (launch->pid != pid)
        return;
    launch->reaped = true;
    launch->status = status;
    check(launch);
}

int launch_begin(struct launch *launch, struct slice plan, const int stdio[3], const struct container *joined)
{
    int channel[2];
    launch->channel = (struct source){.fd = -1, .ready = channel_ready};
    launch->process.pidfd = -1;
    launch->next = launches;
    launches = launch;
    if (launch->delegate)
        processes_remember_unknown(true);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0) {
        int error = errno;
        launch_free(launch);
        return -error;
    }
    launch->channel.fd = channel[0];
    auto_fd theirs = channel[1];
    int on = 1;
    int rc = setsockopt(channel[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ? -errno : 0;
    if (rc == 0)
        rc = loop_watch(&launch->channel, EPOLLIN);
    pid_t pid = rc < 0 ? -1 : _Fork();
    if (pid == 0)
        task_main(theirs, launch->purpose, plan, stdio, joined);
    if (rc == 0 && pid < 0)
        rc = -errno;
    if (rc == 0 && (rc = process_register(&launch->process, pid, launch_exited)) < 0)
        kill(pid, SIGKILL);
    launch->pid = pid;
    if (rc < 0)
        launch_free(launch);
    return rc;
}

void launch_kill(struct launch *launch, int signal)
{
    process_signal(&launch->process, signal);
}

void launches_forget_client(const struct client *client)
{
    for (struct launch *l = launches; l != NULL; l = l->next)
        if (l->client == client)
            l->client = NULL;
}

void launches_kill_all(void)
{
    for (struct launch *l = launches; l != NULL; l = l->next)
        launch_kill(l, SIGKILL);
}

bool launches_any(void)
{
    return launches != NULL;
}
