// The step on what a security module holds of the process: its label from the next exec on.
#include "base.h"
#include "task.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

// The file of this very thread. Nothing that was mounted over a part of /proc is taken for it.
static int open_attribute(int proc, const char *name)
{
    char path[64];
    if ((size_t)snprintf(path, sizeof path, "thread-self/attr/%s", name) >= sizeof path)
        return -ENAMETOOLONG;
    return sys_openat2(proc, path, O_WRONLY, 0, RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS);
}

int step_attribute(struct task *task, struct reader *r)
{
    const char *name = take_string(r), *value = take_string(r);
    struct statfs fs;
    auto_fd proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0 || fstatfs(proc, &fs) < 0)
        return fail(task, errno, "/proc", "open it");
    if (fs.f_type != PROC_SUPER_MAGIC)
        return fail(task, EPERM, "/proc", "use what is no proc file system");
    auto_fd fd = open_attribute(proc, name);
    // Before Linux 5.8 the only module had no directory of its own.
    const char *slash = strrchr(name, '/');
    if (fd == -ENOENT && slash != NULL)
        fd = open_attribute(proc, slash + 1);
    if (fd < 0)
        return fail(task, -fd, name, "open the attribute");
    return write(fd, value, strlen(value)) < 0 ? fail(task, errno, name, "set it to %.200s", value) : 0;
}
