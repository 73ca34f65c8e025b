// Reaping by signalfd and waitpid, and the table of who is waited for.
#include "process.h"

#include "base.h"
#include "launch.h"
#include "loop.h"
#include "shutdown.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

enum { UNKNOWN_MAX = 32 };

static struct process *processes;
static unsigned remembering;
static struct {
    pid_t pid;
    int status;
} unknown[UNKNOWN_MAX];
static unsigned unknown_at;

static struct process *find(pid_t pid)
{
    struct process *p = processes;
    while (p != NULL && p->pid != pid)
        p = p->next;
    return p;
}

static void dispatch(pid_t pid, int status)
{
    struct process *process = find(pid);
    if (process != NULL) {
        void (*exited)(struct process *, int) = process->exited;
        process_forget(process);
        exited(process, status);
    } else if (remembering > 0) {
        unknown[unknown_at % UNKNOWN_MAX].pid = pid;
        unknown[unknown_at % UNKNOWN_MAX].status = status;
        unknown_at++;
    }
}

void processes_reap(void)
{
    for (;;) {
        siginfo_t info = {.si_pid = 0};
        int status;
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0)
            return;
        // It may be the second child of a plan, whose greeting has not been heard yet.
        if (find(info.si_pid) == NULL)
            launches_drain();
        if (waitpid(info.si_pid, &status, WNOHANG) == info.si_pid)
            dispatch(info.si_pid, status);
    }
}

static void child_ready(struct source *source, uint32_t events)
{
    (void)events;
    struct signalfd_siginfo info[8];
    while (read(source->fd, info, sizeof info) == (ssize_t)sizeof info)
        continue;
    processes_reap();
    shutdown_step();
}

static struct source children = {.fd = -1, .ready = child_ready};

int processes_watch(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    children.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (children.fd < 0)
        return -errno;
    return loop_watch(&children, EPOLLIN);
}

int process_register(struct process *process, pid_t pid, void (*exited)(struct process *, int status))
{
    int pidfd = sys_pidfd_open(pid);
    if (pidfd < 0)
        return pidfd;
    process->pid = pid;
    process->pidfd = pidfd;
    process->exited = exited;
    process->next = processes;
    processes = process;
    return 0;
}

void process_forget(struct process *process)
{
    for (struct process **at = &processes; *at != NULL; at = &(*at)->next) {
        if (*at == process) {
            *at = process->next;
            close_fd(&process->pidfd);
            return;
        }
    }
}

int process_signal(const struct process *process, int signal)
{
    for (struct process *p = processes; p != NULL; p = p->next)
        if (p == process)
            return sys_pidfd_send_signal(p->pidfd, signal);
    return -ESRCH;
}

void processes_remember_unknown(bool remember)
{
    if (remember) {
        remembering++;
        return;
    }
    remembering--;
    if (remembering == 0)
        for (unsigned i = 0; i < UNKNOWN_MAX; i++)
            unknown[i].pid = 0;
}

bool process_claim(pid_t pid, int *status)
{
    for (unsigned i = 0; i < UNKNOWN_MAX; i++) {
        if (unknown[i].pid == pid) {
            *status = unknown[i].status;
            unknown[i].pid = 0;
            return true;
        }
    }
    return false;
}

bool processes_kill_children(void)
{
    char path[64], list[4096];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    if (read_file_at(AT_FDCWD, path, list, sizeof list) <= 0)
        return false;
    char *at = list;
    bool any = false;
    for (;;) {
        char *end;
        long pid = strtol(at, &end, 10);
        // A number that the buffer cut is not a pid; the next call sees the rest.
        if (end == at || *end != ' ')
            return any;
        // A child keeps its pid until the shim reaps it, which it does not do here.
        kill((pid_t)pid, SIGKILL);
        any = true;
        at = end;
    }
}
