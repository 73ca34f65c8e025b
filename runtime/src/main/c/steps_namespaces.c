// Steps on namespaces: joining, making, keeping, pinning, and what is set inside them.
#include "base.h"
#include "container.h"
#include "pod.h"
#include "task.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

int step_join_pod_namespaces(struct task *task, struct reader *r)
{
    uint32_t mask = take_u32(r);
    // The table has the user namespace last: whoever may join the others from here may do so only before it.
    for (int i = 0; i < NAMESPACE_KINDS; i++) {
        if ((mask & namespace_kinds[i].flag) == 0)
            continue;
        mask &= ~namespace_kinds[i].flag;
        if (pod.namespaces[i] < 0)
            return fail(task, ENOENT, namespace_kinds[i].name, "join a namespace that the pod does not hold");
        if (setns(pod.namespaces[i], (int)namespace_kinds[i].flag) < 0)
            return fail(task, errno, namespace_kinds[i].name, "join the pod's namespace");
        task->children_elsewhere |= namespace_kinds[i].flag == CLONE_NEWPID;
        if (namespace_kinds[i].flag == CLONE_NEWUSER)
            become_root();
    }
    return mask == 0 ? 0 : fail_number(task, EINVAL, mask, "join namespaces of unknown kinds");
}

int step_join_namespace(struct task *task, struct reader *r)
{
    uint32_t kind = take_u32(r);
    const char *path = take_string(r);
    auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(task, errno, path, "open a namespace");
    if (setns(fd, (int)kind) < 0)
        return fail(task, errno, path, "join a namespace");
    task->children_elsewhere |= kind == CLONE_NEWPID;
    if (kind == CLONE_NEWUSER)
        become_root();
    return 0;
}

static int join_by_files(struct task *task, uint32_t mask)
{
    for (int i = 0; i < NAMESPACE_KINDS; i++) {
        char path[64];
        if ((mask & namespace_kinds[i].flag) == 0)
            continue;
        snprintf(path, sizeof path, "/proc/%d/ns/%s", task->container_pid, namespace_kinds[i].name);
        auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
        // The number is the container's as long as the shim has not reaped it; that the process is there still is
        // checked after the open.
        if (fd < 0 || sys_pidfd_send_signal(task->container_pidfd, 0) < 0)
            return fail(task, ESRCH, path, "open a namespace of the container");
        if (setns(fd, (int)namespace_kinds[i].flag) < 0)
            return fail(task, errno, path, "join a namespace of the container");
    }
    return 0;
}

int step_join_container(struct task *task, struct reader *r)
{
    uint32_t mask = take_u32(r);
    if (task->container_pidfd < 0)
        return fail(task, EINVAL, "", "join a container in a plan that is not an exec");
    if (setns(task->container_pidfd, (int)mask) < 0) {
        if (errno != EINVAL)
            return fail_number(task, errno, mask, "join the namespaces of the container");
        int rc = join_by_files(task, mask);
        if (rc < 0)
            return rc;
    }
    task->children_elsewhere |= (mask & CLONE_NEWPID) != 0;
    if ((mask & CLONE_NEWUSER) != 0)
        become_root();
    if ((mask & CLONE_NEWNS) == 0)
        return 0;
    // From here on "in the root" means the container's.
    close_fd(&task->root);
    task->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return task->root < 0 ? fail(task, errno, "/", "open the root of the container") : 0;
}

// The shim's list is as it was when this process was forked; the pidfd tells whether that one still lives.
int step_join_other(struct task *task, struct reader *r)
{
    const char *id = take_string(r);
    uint32_t mask = take_u32(r);
    const struct container *other = container_find(id);
    if (other == NULL || other->state != STATE_RUNNING || other->process.pidfd < 0)
        return fail(task, ESRCH, id, "join the namespaces of a container that does not run");
    if (setns(other->process.pidfd, (int)mask) < 0)
        return fail(task, errno, id, "join the namespaces of the container");
    task->children_elsewhere |= (mask & CLONE_NEWPID) != 0;
    return 0;
}

int step_unshare(struct task *task, struct reader *r)
{
    uint32_t mask = take_u32(r);
    task->children_elsewhere |= (mask & CLONE_NEWPID) != 0;
    return unshare((int)mask) < 0 ? fail_number(task, errno, mask, "make namespaces") : 0;
}

int step_fork(struct task *task, struct reader *r)
{
    (void)r;
    return go_on_in_child(task, -1);
}

static int append_map(char *text, size_t size, size_t *at, struct reader *r)
{
    for (uint32_t count = take_count(r, 12); count > 0; count--) {
        uint32_t inside = take_u32(r), outside = take_u32(r), length = take_u32(r);
        int n = snprintf(text + *at, size - *at, "%u %u %u\n", inside, outside, length);
        if (n < 0 || (size_t)n >= size - *at)
            return -E2BIG;
        *at += (size_t)n;
    }
    *at += 1; // past the NUL
    return *at < size ? 0 : -E2BIG;
}

int step_map_ids(struct task *task, struct reader *r)
{
    char maps[8192] = {0};
    size_t size = 0;
    int rc = append_map(maps, sizeof maps, &size, r);
    if (rc == 0)
        rc = append_map(maps, sizeof maps, &size, r);
    if (rc == 0)
        rc = ask(task, MESSAGE_MAP_IDS, 0, maps, size);
    if (rc < 0)
        return fail(task, -rc, "uid_map", "map ids of the user namespace");
    become_root();
    return 0;
}

int step_keep_namespaces(struct task *task, struct reader *r)
{
    uint32_t mask = take_u32(r);
    int rc = ask(task, MESSAGE_KEEP, mask, NULL, 0);
    return rc < 0 ? fail_number(task, -rc, mask, "keep the namespaces") : 0;
}

int step_pin_namespace(struct task *task, struct reader *r)
{
    uint32_t kind = take_u32(r);
    const char *path = take_string(r);
    if (strlen(path) >= PATH_MAX)
        return fail(task, ENAMETOOLONG, "", "pin the namespace");
    int rc = ask(task, MESSAGE_PIN, kind, path, strlen(path) + 1);
    return rc < 0 ? fail(task, -rc, path, "pin the namespace") : 0;
}

int step_loopback(struct task *task, struct reader *r)
{
    (void)r;
    struct ifreq request = {.ifr_name = "lo"};
    auto_fd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
        return fail(task, errno, "lo", "bring the loopback interface up");
    request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
    return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? fail(task, errno, "lo", "bring the loopback interface up") : 0;
}

int step_hostname(struct task *task, struct reader *r)
{
    const char *name = take_string(r);
    return sethostname(name, strlen(name)) < 0 ? fail(task, errno, name, "set the host name") : 0;
}

int step_domainname(struct task *task, struct reader *r)
{
    const char *name = take_string(r);
    return setdomainname(name, strlen(name)) < 0 ? fail(task, errno, name, "set the domain name") : 0;
}

// Reaps what the pod leaves behind, as the first process of its namespace, until the shim's SIGTERM.
int step_pod_init(struct task *task, struct reader *r)
{
    (void)r;
    sigset_t set;
    sigfillset(&set);
    // Blocked, not ignored: so the kernel delivers them even to the first process of a namespace.
    sigprocmask(SIG_SETMASK, &set, NULL);
    if (chdir("/") < 0)
        return fail(task, errno, "/", "change to the root");
    report_done(task);
    sys_close_from(0);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    for (;;) {
        siginfo_t info = {.si_pid = 0};
        int signal = sigwaitinfo(&set, &info);
        while (signal == SIGCHLD && waitpid(-1, NULL, WNOHANG) > 0)
            continue;
        // Who sends from outside the namespace has no number in it; from inside nobody ends the pod.
        if (signal == SIGTERM && info.si_pid == 0)
            _exit(0);
    }
}
