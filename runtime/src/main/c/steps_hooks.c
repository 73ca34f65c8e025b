// The steps on OCI hooks. A helper that is forked before anything else stays in the namespaces and the cgroup of the
// shim. It runs the hooks that belong there, and tells the others which pid the container has on the host. It is a copy
// of the plan's process, so that a request is no more than the hook's place in memory; the kernel adds the pid.
#include "base.h"
#include "task.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

struct hook {
    bool here;
    const char *path;
    char **arguments, **environment;
    uint32_t seconds; // 0: without an end
    const char *before, *after; // the state around the pid
};

struct answer {
    int32_t error; // 0: it worked; else errno
    pid_t pid;
    char text[160];
};

static char **take_list(struct reader *r)
{
    uint32_t count = take_count(r, 5);
    char **list = calloc(count + 1, sizeof *list);
    for (uint32_t i = 0; i < count; i++) {
        const char *text = take_string(r);
        if (list != NULL)
            list[i] = (char *)(uintptr_t)text;
    }
    return list;
}

static void cleanup_hook(const struct hook *hook)
{
    free((void *)hook->arguments);
    free((void *)hook->environment);
}

static struct hook take_hook(struct reader *r)
{
    struct hook hook = {.here = take_u8(r) != 0, .path = take_string(r)};
    hook.arguments = take_list(r);
    hook.environment = take_list(r);
    hook.seconds = take_u32(r);
    hook.before = take_string(r);
    hook.after = take_string(r);
    return hook;
}

// The state on a file in memory: its reader finds an end, and nobody has to feed it.
static int state_of(const struct hook *hook, pid_t pid)
{
    auto_fd fd = memfd_create("state", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (dprintf(fd, "%s%d%s", hook->before, pid, hook->after) < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return -errno;
    return take_fd(&fd);
}

static void execute(const struct hook *hook, int state, int complaints) __attribute__((noreturn));
static void execute(const struct hook *hook, int state, int complaints)
{
    setpgid(0, 0);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (dup2(state, 0) < 0 || dup2(null >= 0 ? null : complaints, 1) < 0 || dup2(complaints, 2) < 0)
        _exit(126);
    sys_close_from(3);
    execve(hook->path, hook->arguments, hook->environment);
    const char *why = strerrordesc_np(errno);
    write_all(2, why, strlen(why));
    _exit(127);
}

// Keeps the beginning of what the hook writes to its stderr. Returns false at the end.
static bool hear(int fd, char *text, size_t size)
{
    char rest[512];
    size_t at = strlen(text);
    ssize_t n = read(fd, rest, sizeof rest);
    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    for (ssize_t i = 0; i < n && at + 1 < size; i++)
        text[at++] = rest[i] >= ' ' && rest[i] < 127 ? rest[i] : ' ';
    text[at] = '\0';
    return true;
}

// Waits for the end of the hook, of its time, or of whoever asked for it (peer, or -1). Returns 0 or -errno.
static int await(const struct hook *hook, int pidfd, int complaints, int peer, char *text, size_t size)
{
    uint64_t end = hook->seconds == 0 ? UINT64_MAX : now_ns() + hook->seconds * 1000000000ULL;
    struct pollfd fds[3] = {{.fd = pidfd, .events = POLLIN},
                            {.fd = complaints, .events = POLLIN},
                            {.fd = peer, .events = 0}};
    for (;;) {
        uint64_t now = now_ns();
        if (now >= end)
            return -ETIMEDOUT;
        uint64_t left = (end - now) / 1000000 + 1;
        int n = poll(fds, 3, hook->seconds == 0 || left > 60000 ? 60000 : (int)left);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0 && fds[2].revents != 0)
            return -ECANCELED;
        if (n > 0 && fds[1].revents != 0 && !hear(complaints, text, size))
            fds[1].fd = -1;
        if (n > 0 && fds[0].revents != 0)
            return 0;
    }
}

static int run(const struct hook *hook, pid_t pid, int peer, char *text, size_t size)
{
    int complaints[2], status = 0;
    *text = '\0';
    auto_fd state = state_of(hook, pid);
    if (state < 0)
        return state;
    if (pipe2(complaints, O_CLOEXEC | O_NONBLOCK) < 0)
        return -errno;
    auto_fd heard = complaints[0], said = complaints[1];
    pid_t child = _Fork();
    if (child == 0)
        execute(hook, state, said);
    if (child < 0)
        return -errno;
    close_fd(&said);
    auto_fd pidfd = sys_pidfd_open(child);
    int rc = pidfd < 0 ? pidfd : await(hook, pidfd, heard, peer, text, size);
    if (rc < 0) {
        kill(-child, SIGKILL);
        kill(child, SIGKILL);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (rc < 0)
        return rc;
    while (hear(heard, text, size) && strlen(text) + 1 < size) {
        struct pollfd more = {.fd = heard, .events = POLLIN};
        if (poll(&more, 1, 0) <= 0)
            break;
    }
    if (status == 0)
        return 0;
    char what[sizeof ((struct answer *)0)->text];
    snprintf(what, sizeof what, WIFSIGNALED(status) ? "killed by signal %d: %.120s" : "exited with %d: %.120s",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), text);
    snprintf(text, size, "%s", what);
    return -ECHILD;
}

// Where the payload of a Hook step lies, in both memories; nowhere: only the pid is asked for.
struct request {
    const uint8_t *at, *end;
};

static struct answer answer_to(const struct request *request, pid_t sender, int fd)
{
    struct answer answer = {.pid = sender};
    if (request->at == NULL)
        return answer;
    struct reader r = {.at = request->at, .end = request->end};
    __attribute__((cleanup(cleanup_hook))) struct hook hook = take_hook(&r);
    answer.error = hook.arguments == NULL || hook.environment == NULL
                       ? ENOMEM
                       : -run(&hook, sender, fd, answer.text, sizeof answer.text);
    return answer;
}

// Serves until the plan's process has become the container, or has ended.
static void serve(int fd) __attribute__((noreturn));
static void serve(int fd)
{
    for (;;) {
        struct request request;
        _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred))];
        struct iovec part = {.iov_base = &request, .iov_len = sizeof request};
        struct msghdr header = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        ssize_t n = recvmsg(fd, &header, MSG_CMSG_CLOEXEC);
        if (n < 0 && errno == EINTR)
            continue;
        const struct cmsghdr *c = n == (ssize_t)sizeof request ? CMSG_FIRSTHDR(&header) : NULL;
        if (c == NULL || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_CREDENTIALS)
            _exit(0);
        struct ucred sender;
        memcpy(&sender, CMSG_DATA(c), sizeof sender);
        struct answer answer = answer_to(&request, sender.pid, fd);
        send(fd, &answer, sizeof answer, MSG_NOSIGNAL);
    }
}

int step_hook_runner(struct task *task, struct reader *r)
{
    (void)r;
    int pair[2], on = 1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return fail(task, errno, "socketpair", "prepare for hooks");
    auto_fd theirs = pair[0], ours = pair[1];
    if (setsockopt(theirs, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0)
        return fail(task, errno, "SO_PASSCRED", "prepare for hooks");
    // A child of the shim, since this process becomes the container's.
    long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
    if (pid < 0)
        return fail(task, errno, "clone", "prepare for hooks");
    if (pid == 0) {
        // Nothing of the container's may be held here: not its output, nor the channel to the shim.
        auto_fd null = open("/dev/null", O_RDWR | O_CLOEXEC);
        for (int fd = 0; fd < 3; fd++)
            dup2(null, fd);
        if (dup2(theirs, 3) < 0)
            _exit(1);
        sys_close_from(4);
        fcntl(3, F_SETFD, FD_CLOEXEC);
        serve(3);
    }
    close_fd(&task->hooks);
    task->hooks = take_fd(&ours);
    return 0;
}

// Has the helper say the pid, or run a hook.
static int request(const struct task *task, const struct request *request, struct answer *answer)
{
    ssize_t n = send(task->hooks, request, sizeof *request, MSG_NOSIGNAL);
    while (n >= 0 && (n = recv(task->hooks, answer, sizeof *answer, 0)) < 0 && errno == EINTR)
        n = 0;
    if (n != (ssize_t)sizeof *answer)
        return n < 0 ? -errno : -EPIPE;
    answer->text[sizeof answer->text - 1] = '\0';
    return 0;
}

int step_hook(struct task *task, struct reader *r)
{
    struct request payload = {.at = r->at, .end = r->end};
    __attribute__((cleanup(cleanup_hook))) struct hook hook = take_hook(r);
    struct answer answer;
    if (hook.arguments == NULL || hook.environment == NULL)
        return fail(task, ENOMEM, hook.path, "run the hook");
    int rc = request(task, hook.here ? &(struct request){0} : &payload, &answer);
    if (rc < 0)
        return fail(task, -rc, hook.path, "reach who runs hooks");
    if (hook.here)
        answer.error = -run(&hook, answer.pid, -1, answer.text, sizeof answer.text);
    const char *why = answer.error == ETIMEDOUT ? "it did not end in time and was killed" : answer.text;
    return answer.error != 0 ? fail(task, answer.error, hook.path, "%s", *why != '\0' ? why : "run the hook") : 0;
}
