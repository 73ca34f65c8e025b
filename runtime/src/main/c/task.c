// The child's beginning, its reports to the shim, its end.
#include "task.h"

#include "base.h"
#include "container.h"
#include "plan.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

int fail(struct task *task, int error, const char *subject, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(task->message, sizeof task->message, format, arguments);
    va_end(arguments);
    snprintf(task->subject, sizeof task->subject, "%s", subject);
    return error > 0 ? -error : -EIO;
}

int fail_number(struct task *task, int error, long long number, const char *what)
{
    char subject[32];
    snprintf(subject, sizeof subject, "%lld", number);
    return fail(task, error, subject, "%s", what);
}

int take_prepared(struct task *task)
{
    return task->prepared == NULL ? NOT_PREPARED : take_fd(&task->prepared[task->step]);
}

static void send_message(const struct task *task, struct message *m, const char *text, size_t size)
{
    struct iovec parts[2] = {{.iov_base = m, .iov_len = sizeof *m},
                             {.iov_base = (void *)(uintptr_t)text, .iov_len = size}};
    // writev, which even a tight seccomp filter allows.
    while (writev(task->channel, parts, 2) < 0 && errno == EINTR)
        continue;
}

void tell(const struct task *task, enum message_kind kind, uint32_t argument, const char *text, size_t size)
{
    struct message m = {.kind = kind, .argument = argument};
    send_message(task, &m, text, size);
}

int ask(const struct task *task, enum message_kind kind, uint32_t argument, const char *text, size_t size)
{
    int32_t answer;
    tell(task, kind, argument, text, size);
    ssize_t n;
    do
        n = read(task->channel, &answer, sizeof answer);
    while (n < 0 && errno == EINTR);
    return n == sizeof answer ? answer : -EPIPE;
}

int tell_descriptor(const struct task *task, enum message_kind kind, int fd)
{
    struct message m = {.kind = kind};
    struct iovec part = {.iov_base = &m, .iov_len = sizeof m};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {0};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&header);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    return sendmsg(task->channel, &header, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void report_failure(struct task *task, int error)
{
    struct message m = {.kind = MESSAGE_FAILED, .step = task->step, .type = task->type, .error = -error};
    char text[sizeof task->subject + sizeof task->message];
    size_t subject = strlen(task->subject) + 1, message = strlen(task->message) + 1;
    memcpy(text, task->subject, subject);
    memcpy(text + subject, task->message, message);
    send_message(task, &m, text, subject + message);
    _exit(1);
}

void report_done(struct task *task)
{
    tell(task, MESSAGE_DONE, 0, NULL, 0);
}

void reset_signals(void)
{
    sigset_t none;
    // By the kernel's own call, since the library keeps two signals to itself, and those may be inherited as ignored.
    // All zero is the default action in every architecture's layout.
    const unsigned long action[8] = {0};
    for (int i = 1; i < NSIG; i++)
        syscall(SYS_rt_sigaction, i, action, NULL, 8);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void become_root(void)
{
    // Where ids 0 are not mapped these fail, and the plan has to choose others.
    if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
        return;
}

// The new process is the shim's child. This one stays until the other has greeted the shim, so that the shim knows of
// the second before it reaps the first.
int go_on_in_child(struct task *task, int cgroup)
{
    int greeted[2];
    if (pipe2(greeted, O_CLOEXEC) < 0)
        return fail(task, errno, "pipe", "go on in a new process");
    // The signal at its exit is this process' own, SIGCHLD.
    struct clone_args into = {.flags = CLONE_PARENT | CLONE_INTO_CGROUP, .cgroup = (unsigned)cgroup};
    long pid = cgroup >= 0 ? syscall(SYS_clone3, &into, sizeof into)
                           : syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
    if (pid < 0 && cgroup >= 0) {
        close(greeted[0]);
        close(greeted[1]);
        return -ENOSYS;
    }
    if (pid < 0)
        return fail(task, errno, "clone", "go on in a new process");
    close(greeted[pid != 0]);
    if (pid == 0) {
        setsid();
        tell(task, MESSAGE_HELLO, 0, NULL, 0);
        close(greeted[1]);
        return 0;
    }
    char byte;
    close(task->channel);
    while (read(greeted[0], &byte, 1) < 0 && errno == EINTR)
        continue;
    _exit(0);
}

// Puts the descriptors on 0 to 2; -1 stands for /dev/null.
static int set_stdio(struct task *task, const int stdio[3])
{
    int fd[3];
    // First away from 0 to 2, which hold the shim's own and must not be overwritten while they are still to be copied.
    for (int i = 0; i < 3; i++) {
        fd[i] = stdio[i] >= 0 ? fcntl(stdio[i], F_DUPFD_CLOEXEC, 3)
                              : open("/dev/null", O_CLOEXEC | (i == 0 ? O_RDONLY : O_WRONLY));
        if (fd[i] < 0)
            return fail(task, errno, "/dev/null", "prepare descriptor %d", i);
    }
    for (int i = 0; i < 3; i++)
        if (dup2(fd[i], i) < 0)
            return fail(task, errno, "dup2", "prepare descriptor %d", i);
    return 0;
}

void task_main(int channel, enum purpose purpose, struct slice plan, const int stdio[3], const struct container *joined)
{
    struct task task = {
        .channel = channel, .root = -1, .overlay = -1, .layers = -1, .purpose = purpose, .container_pidfd = -1, .hooks = -1};
    if (joined != NULL) {
        task.container_pid = joined->pid;
        task.container_pidfd = joined->process.pidfd;
    }
    reset_signals();
    setsid();
    int rc = set_stdio(&task, stdio);
    if (rc == 0)
        rc = plan_run(&task, plan);
    if (rc < 0)
        report_failure(&task, rc);
    report_done(&task);
    _exit(0);
}
