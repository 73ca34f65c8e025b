// gantry-shim: one a pod. Arguments, detaching, and the start of the loop.
#include "base.h"
#include "client.h"
#include "loop.h"
#include "pod.h"
#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define READY "ok"

// Tells whoever started the shim how it went: READY, or what is wrong.
static void announce(int fd, const char *text)
{
    write_all(fd, text, strlen(text));
}

static const char *open_directories(const char *path)
{
    pod.dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (pod.dir < 0)
        return "open the directory";
    if (mkdirat(pod.dir, "exits", 0700) < 0 && errno != EEXIST)
        return "make the directory of exit records";
    pod.exits = openat(pod.dir, "exits", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return pod.exits < 0 ? "open the directory of exit records" : NULL;
}

// The lock on the pid file is held as long as the shim lives.
static const char *write_pid(void)
{
    char text[16];
    int fd = openat(pod.dir, "shim.pid", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return "open shim.pid";
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return "lock shim.pid: another shim runs here";
    int size = snprintf(text, sizeof text, "%d\n", getpid());
    if (ftruncate(fd, 0) < 0 || write_all(fd, text, (size_t)size) < 0)
        return "write shim.pid";
    return NULL;
}

static const char *prepare(const char *path)
{
    sigset_t set;
    sigfillset(&set);
    // Blocked: whatever terminates has its own way, SHUTDOWN. SIGCHLD is read from a descriptor.
    sigdelset(&set, SIGTERM);
    sigdelset(&set, SIGSEGV);
    sigdelset(&set, SIGBUS);
    sigdelset(&set, SIGFPE);
    sigdelset(&set, SIGILL);
    sigdelset(&set, SIGABRT);
    sigprocmask(SIG_SETMASK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    umask(0);
    // Children enter containers before they execute: nobody in there may look at the shim through them.
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return "prepare the process";
    const char *problem = open_directories(path);
    if (problem == NULL)
        problem = write_pid();
    if (problem == NULL && (errno = -loop_open()) != 0)
        problem = "make the event loop";
    if (problem == NULL && (errno = -processes_watch()) != 0)
        problem = "watch children";
    if (problem == NULL && (errno = -clients_listen(pod.dir)) != 0)
        problem = "listen on shim.sock";
    if (problem == NULL && chdir("/") < 0)
        problem = "change to the root";
    return problem;
}

static void detach_stdio(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
}

static void run(const char *path, int ready) __attribute__((noreturn));

static void run(const char *path, int ready)
{
    const char *problem = prepare(path);
    if (problem != NULL) {
        char text[256];
        snprintf(text, sizeof text, "cannot %s: %s", problem, strerror(errno));
        announce(ready, text);
        _exit(1);
    }
    detach_stdio();
    announce(ready, READY);
    close(ready);
    loop_run();
}

// Two forks: the shim is nobody's session leader and nobody's child.
static int detach(const char *path)
{
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) < 0)
        return errno;
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        pid = fork();
        if (pid == 0)
            run(path, ready[1]);
        _exit(pid < 0);
    }
    close(ready[1]);
    char text[256] = "";
    size_t have = 0;
    ssize_t n;
    while ((n = read(ready[0], text + have, sizeof text - 1 - have)) > 0)
        have += (size_t)n;
    if (strcmp(text, READY) == 0)
        return 0;
    fprintf(stderr, "gantry-shim: %s: %s\n", path, *text != '\0' ? text : "ended before it was ready");
    return 1;
}

static const char *argument(int count, char **arguments, const char *name)
{
    for (int i = 1; i + 1 < count; i += 2)
        if (strcmp(arguments[i], name) == 0)
            return arguments[i + 1];
    return NULL;
}

int main(int count, char **arguments)
{
    const char *path = argument(count, arguments, "--dir"), *id = argument(count, arguments, "--id");
    if (path == NULL || id == NULL || count != 5) {
        fprintf(stderr, "usage: gantry-shim --dir DIR --id POD-ID\n");
        return 2;
    }
    sys_close_from(3); // whatever the starter left open must not live as long as the pod
    pod_init(id);
    return detach(path);
}
