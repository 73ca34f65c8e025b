// Holding the pod's namespaces and shared memory, pinning, and id maps for children.
#include "pod.h"

#include "base.h"
#include "client.h"
#include "launch.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

enum { NSFS_MAGIC_NUMBER = 0x6e736673 };

const struct namespace_kind namespace_kinds[NAMESPACE_KINDS] = {
    {CLONE_NEWCGROUP, "cgroup", "cgroup"}, {CLONE_NEWUTS, "uts", "uts"},
    {CLONE_NEWIPC, "ipc", "ipc"},          {CLONE_NEWPID, "pid", "pid_for_children"},
    {CLONE_NEWNET, "net", "net"},          {CLONE_NEWTIME, "time", "time_for_children"},
    {CLONE_NEWNS, "mnt", "mnt"},           {CLONE_NEWUSER, "user", "user"},
};

struct pod pod = {.dir = -1, .exits = -1, .shm = -1};

static struct pin {
    struct pin *next;
    char path[];
} *pins;

void pod_init(const char *id)
{
    pod.id = id;
    pod.init.pidfd = -1;
    for (int i = 0; i < NAMESPACE_KINDS; i++)
        pod.namespaces[i] = -1;
}

static int open_namespace(pid_t pid, const char *file)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int pod_namespace(uint32_t kind)
{
    for (int i = 0; i < NAMESPACE_KINDS; i++)
        if (namespace_kinds[i].flag == kind)
            return pod.namespaces[i];
    return -1;
}

int pod_keep(pid_t pid, uint32_t mask)
{
    for (int i = 0; i < NAMESPACE_KINDS; i++) {
        if ((mask & namespace_kinds[i].flag) == 0)
            continue;
        int fd = open_namespace(pid, namespace_kinds[i].file);
        if (fd < 0)
            return fd;
        close_fd(&pod.namespaces[i]);
        pod.namespaces[i] = fd;
        mask &= ~namespace_kinds[i].flag;
    }
    return mask == 0 ? 0 : -EINVAL;
}

int pod_pin(pid_t pid, uint32_t kind, const char *path)
{
    const char *file = NULL;
    for (int i = 0; i < NAMESPACE_KINDS; i++)
        if (namespace_kinds[i].flag == kind)
            file = namespace_kinds[i].name;
    if (file == NULL)
        return -EINVAL;
    auto_fd at = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0444);
    struct pin *pin = at < 0 ? NULL : malloc(sizeof *pin + strlen(path) + 1);
    if (pin == NULL)
        return at < 0 ? -errno : -ENOMEM;
    strcpy(pin->path, path);
    pin->next = pins;
    pins = pin;
    char source[64];
    snprintf(source, sizeof source, "/proc/%d/ns/%s", pid, file);
    return sys_mount(source, path_of_fd(at).text, NULL, MS_BIND, NULL);
}

int pod_hold_shm(pid_t pid)
{
    int fd = open_namespace(pid, "mnt");
    if (fd < 0)
        return fd;
    close_fd(&pod.shm);
    pod.shm = fd;
    return 0;
}

static int write_map(pid_t pid, const char *file, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    return *text == '\0' ? 0 : write_file_at(AT_FDCWD, path, text, strlen(text));
}

int pod_map_ids(pid_t pid, const char *maps, size_t size)
{
    size_t first = strnlen(maps, size) + 1;
    if (first >= size)
        return -EINVAL;
    int rc = write_map(pid, "uid_map", maps);
    if (rc < 0)
        return rc;
    rc = write_map(pid, "gid_map", maps + first);
    // Without CAP_SETGID over the parent namespace the kernel wants setgroups to be given up first.
    if (rc == -EPERM && write_map(pid, "setgroups", "deny") == 0)
        rc = write_map(pid, "gid_map", maps + first);
    return rc;
}

static void init_exited(struct process *process, int status)
{
    (void)process;
    (void)status; // the kernel has ended all else in its namespace: each of those is reported by itself
}

static void set_up(struct launch *launch, const struct outcome *outcome)
{
    pod.setting_up = false;
    if (!outcome->ok) {
        pod_release();
        client_failed(launch->client, launch->request, outcome->step, outcome->type, outcome->error,
                      outcome->subject, outcome->message);
        return;
    }
    // The child is the pod's init, or on its way out.
    process_forget(&launch->process);
    if (!launch->reaped)
        process_register(&pod.init, launch->pid, init_exited);
    pod.set_up = true;
    client_ok(launch->client, launch->request);
}

void pod_set_up(struct client *client, uint32_t request, const uint8_t *plan, size_t size)
{
    if (pod.set_up || pod.setting_up) {
        client_failed(client, request, 0, 0, EALREADY, pod.id, "the pod has been set up already");
        return;
    }
    struct launch *launch = calloc(1, sizeof *launch);
    int rc = -ENOMEM;
    if (launch != NULL) {
        launch->purpose = PURPOSE_SETUP;
        launch->client = client;
        launch->request = request;
        launch->settled = set_up;
        pod.setting_up = true;
        rc = launch_begin(launch, (struct slice){.data = plan, .size = size}, (int[3]){-1, -1, -1}, NULL);
    }
    if (rc < 0) {
        pod.setting_up = false;
        client_failed(client, request, 0, 0, -rc, pod.id, "start a child");
    }
}

static void unpin(const char *path)
{
    struct statfs fs;
    if (statfs(path, &fs) == 0 && fs.f_type == NSFS_MAGIC_NUMBER)
        sys_umount(path, MNT_DETACH_NOW);
    unlink(path);
}

void pod_release(void)
{
    process_signal(&pod.init, SIGKILL);
    while (pins != NULL) {
        struct pin *pin = pins;
        pins = pin->next;
        unpin(pin->path);
        free(pin);
    }
    for (int i = 0; i < NAMESPACE_KINDS; i++)
        close_fd(&pod.namespaces[i]);
    close_fd(&pod.shm);
}
