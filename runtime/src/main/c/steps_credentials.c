// Steps on what the process may do: limits, ids, capabilities, seccomp.
#include "base.h"
#include "task.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

int step_rlimit(struct task *task, struct reader *r)
{
    uint32_t resource = take_u32(r);
    struct rlimit limit = {.rlim_cur = take_u64(r)};
    limit.rlim_max = take_u64(r);
    return syscall(SYS_prlimit64, 0, resource, &limit, NULL) < 0
               ? fail_number(task, errno, resource, "set the resource limit")
               : 0;
}

int step_oom_score_adj(struct task *task, struct reader *r)
{
    int32_t value = take_i32(r);
    bool clamp = take_u8(r) != 0;
    char text[16];
    int size = snprintf(text, sizeof text, "%d", value);
    int rc = write_file_at(AT_FDCWD, "/proc/self/oom_score_adj", text, (size_t)size);
    // Lower than the present value needs CAP_SYS_RESOURCE.
    if (rc == -EACCES && clamp)
        return 0;
    return rc < 0 ? fail_number(task, -rc, value, "set oom_score_adj") : 0;
}

int step_umask(struct task *task, struct reader *r)
{
    (void)task;
    umask(take_u32(r) & 0777);
    return 0;
}

// Lets the new user open what /dev/stdout and the like lead to.
static void give_stdio(uid_t uid)
{
    for (int fd = 0; fd < 3; fd++) {
        struct stat st;
        if (fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) && fchown(fd, uid, (gid_t)-1) < 0)
            continue; // a file system without owners: nothing to give
    }
}

int step_give_stdio(struct task *task, struct reader *r)
{
    (void)task;
    give_stdio(take_u32(r));
    return 0;
}

int step_ids(struct task *task, struct reader *r)
{
    uid_t uid = take_u32(r);
    gid_t gid = take_u32(r);
    uint32_t count = take_count(r, 4);
    auto_free gid_t *groups = calloc(count + 1, sizeof *groups);
    if (groups == NULL)
        return fail_number(task, ENOMEM, count, "set the groups");
    for (uint32_t i = 0; i < count; i++)
        groups[i] = take_u32(r);
    // To the kernel's setres calls -1 means: leave it as it is.
    if (uid == (uid_t)-1 || gid == (gid_t)-1)
        return fail_number(task, EINVAL, UINT32_MAX, "use an id that is none");
    give_stdio(uid);
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
        return fail_number(task, errno, uid, "keep capabilities");
    if (setgroups(count, groups) < 0)
        return fail_number(task, errno, count, "set the supplementary groups (their number)");
    if (setresgid(gid, gid, gid) < 0)
        return fail_number(task, errno, gid, "set the group id");
    if (setresuid(uid, uid, uid) < 0)
        return fail_number(task, errno, uid, "set the user id");
    return 0;
}

// The capabilities that the kernel knows, as a mask.
static int known_capabilities(uint64_t *mask)
{
    int last = 0;
    while (last < 63 && prctl(PR_CAPBSET_READ, last + 1, 0, 0, 0) >= 0)
        last++;
    *mask = (2ULL << last) - 1;
    return last;
}

int step_bounding(struct task *task, struct reader *r)
{
    uint64_t mask = take_u64(r), known;
    int last = known_capabilities(&known);
    for (int i = 0; i <= last; i++)
        if ((mask >> i & 1) == 0 && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) < 0)
            return fail_number(task, errno, i, "drop the capability from the bounding set");
    return 0;
}

int step_capabilities(struct task *task, struct reader *r)
{
    uint64_t known, set[4];
    int last = known_capabilities(&known);
    for (int i = 0; i < 4; i++)
        set[i] = take_u64(r) & known;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    for (int i = 0; i < 2; i++)
        data[i] = (struct __user_cap_data_struct){.permitted = (uint32_t)(set[0] >> (32 * i)),
                                                  .effective = (uint32_t)(set[1] >> (32 * i)),
                                                  .inheritable = (uint32_t)(set[2] >> (32 * i))};
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
        return fail(task, errno, "ambient", "clear the ambient capabilities");
    if (syscall(SYS_capset, &header, data) < 0)
        return fail(task, errno, "capset", "set the capabilities");
    for (int i = 0; i <= last; i++)
        if ((set[3] >> i & 1) != 0 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
            return fail_number(task, errno, i, "raise the ambient capability");
    return 0;
}

int step_no_new_privileges(struct task *task, struct reader *r)
{
    (void)r;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? fail(task, errno, "no_new_privs", "set it") : 0;
}

int step_seccomp(struct task *task, struct reader *r)
{
    uint32_t flags = take_u32(r);
    struct slice program = take_bytes(r);
    size_t count = program.size / sizeof(struct sock_filter);
    if (count == 0 || count > BPF_MAXINSNS || program.size % sizeof(struct sock_filter) != 0)
        return fail_number(task, EINVAL, (long long)program.size, "use a seccomp program of that many bytes");
    auto_free struct sock_filter *filter = malloc(program.size); // aligned, as the frame is not
    if (filter == NULL)
        return fail(task, ENOMEM, "seccomp", "load the program");
    memcpy(filter, program.data, program.size);
    struct sock_fprog fprog = {.len = (unsigned short)count, .filter = filter};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &fprog) < 0
               ? fail(task, errno, "seccomp", "install the program")
               : 0;
}
