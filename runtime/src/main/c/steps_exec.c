// The last steps: session, terminal, working directory, exec.
#include "base.h"
#include "root.h"
#include "task.h"

#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

int step_set_sid(struct task *task, struct reader *r)
{
    (void)r;
    // EPERM: it leads a process group already, as every child of the shim does.
    return setsid() < 0 && errno != EPERM ? fail(task, errno, "setsid", "become a session leader") : 0;
}

int step_chdir(struct task *task, struct reader *r)
{
    const char *path = take_string(r);
    return chdir(path) < 0 ? fail(task, errno, path, "change to the directory") : 0;
}

int step_work_dir(struct task *task, struct reader *r)
{
    const char *path = take_string(r);
    bool create = take_u8(r) != 0;
    // Never by a magic link of /proc, behind which a directory of the host may lie.
    auto_fd dir = task->root >= 0 ? root_open(task, path, create ? CREATE_DIRECTORY : CREATE_NONE)
                                  : sys_openat2(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0, RESOLVE_NO_MAGICLINKS);
    if (dir < 0)
        return fail(task, -dir, path, "open the working directory");
    return fchdir(dir) < 0 ? fail(task, errno, path, "change to the working directory") : 0;
}

// Shows the terminal as /dev/console too, where the container has a /dev of its own that allows it.
static void bind_console(const struct task *task, int slave)
{
    auto_fd target = root_open(task, "/dev/console", CREATE_FILE);
    auto_fd tree = target < 0 ? -1 : sys_open_tree(slave, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
    if (tree >= 0)
        sys_move_mount(tree, target);
}

int step_terminal(struct task *task, struct reader *r)
{
    struct winsize size = {.ws_row = take_u16(r)};
    size.ws_col = take_u16(r);
    uid_t owner = take_u32(r);
    struct stat st;
    int unlock = 0;
    auto_fd master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || fstat(master, &st) < 0)
        return fail(task, errno, "/dev/ptmx", "open a terminal");
    if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2))
        return fail(task, ENOTTY, "/dev/ptmx", "open a terminal");
    auto_fd slave = ioctl(master, TIOCSPTLCK, &unlock) < 0 ? -1 : ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0)
        return fail(task, errno, "/dev/pts", "open the other side of the terminal");
    if (size.ws_row > 0 && size.ws_col > 0)
        ioctl(master, TIOCSWINSZ, &size);
    if (fchown(slave, owner, (gid_t)-1) < 0 || fchmod(slave, 0620) < 0)
        return fail_number(task, errno, owner, "give the terminal to the user");
    if (ioctl(slave, TIOCSCTTY, 0) < 0)
        return fail(task, errno, "/dev/pts", "make it the controlling terminal");
    for (int fd = 0; fd < 3; fd++)
        if (dup2(slave, fd) < 0)
            return fail(task, errno, "/dev/pts", "use the terminal as descriptor %d", fd);
    if (task->purpose == PURPOSE_CONTAINER && task->root >= 0)
        bind_console(task, slave);
    int rc = tell_descriptor(task, MESSAGE_TERMINAL, master);
    return rc < 0 ? fail(task, -rc, "/dev/ptmx", "hand the terminal over") : 0;
}

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

int step_exec(struct task *task, struct reader *r)
{
    auto_free char **candidates = take_list(r);
    auto_free char **arguments = take_list(r);
    auto_free char **environment = take_list(r);
    if (candidates == NULL || arguments == NULL || environment == NULL)
        return fail(task, ENOMEM, "", "execute");
    if (*candidates == NULL || *arguments == NULL)
        return fail(task, EINVAL, "", "execute nothing");
    // No descriptor of the shim may be within reach of a path like /proc/self/fd/N: only the channel stays, as 3.
    if (task->channel != 3 && dup3(task->channel, 3, O_CLOEXEC) == 3)
        task->channel = 3;
    sys_close_from(4);
    tell(task, MESSAGE_EXECUTING, 0, NULL, 0);
    const char *tried = NULL;
    int error = ENOENT;
    bool denied = false;
    for (char **candidate = candidates; *candidate != NULL; candidate++) {
        tried = *candidate;
        execve(tried, arguments, environment);
        error = errno;
        denied |= error == EACCES;
        if (error != ENOENT && error != ENOTDIR && error != EACCES)
            break;
    }
    if (denied && (error == ENOENT || error == ENOTDIR))
        error = EACCES;
    return fail(task, error, candidates[1] == NULL || error != ENOENT ? tried : *arguments, "execute");
}
