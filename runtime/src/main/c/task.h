// The child that carries out a plan: what its steps share, and how they report.
//
// A step decodes its payload (whose shape has been checked) and returns 0, or fail(...), which is -errno.
#ifndef GANTRY_TASK_H
#define GANTRY_TASK_H

#include "launch.h"
#include "wire.h"

#include <limits.h>

struct container;

struct task {
    int channel;
    int root; // what step Root opened, later what Pivot made `/`; -1 before
    int overlay; // the mount that step Overlay made last, for step Root; -1 before
    const char *overlay_target;
    int layers; // the mount namespace that layers are attached in; -1: this one
    struct reader rest; // the steps after the present one
    uint32_t count; // of the plan's steps
    int *prepared; // what step Prepare has made for a step, by its index; -1: nothing
    bool root_prepared; // the first overlay among it
    enum purpose purpose;
    pid_t container_pid; // that an exec joins
    int container_pidfd;
    int hooks; // to the helper of steps_hooks.c; -1 without one
    bool children_elsewhere; // a child would be in another pid namespace
    uint32_t step;
    uint16_t type;
    char subject[PATH_MAX], message[256];
};

// In the child: carries out the plan and never returns.
void task_main(int channel, enum purpose purpose, struct slice plan, const int stdio[3], const struct container *joined)
    __attribute__((noreturn));

// Notes what was tried on what, and returns -error.
int fail(struct task *, int error, const char *subject, const char *format, ...) __attribute__((format(printf, 4, 5)));
// As fail, for a step about a number.
int fail_number(struct task *, int error, long long number, const char *what);
// Sends a message to the shim.
void tell(const struct task *, enum message_kind kind, uint32_t argument, const char *text, size_t size);
// Sends a message and waits for the answer, 0 or -errno.
int ask(const struct task *, enum message_kind kind, uint32_t argument, const char *text, size_t size);
int tell_descriptor(const struct task *, enum message_kind kind, int fd);
// Reports the failure noted last, and ends.
void report_failure(struct task *, int error) __attribute__((noreturn));
// The plan's end without an exec.
void report_done(struct task *);

typedef int step_function(struct task *, struct reader *);
// The host's side of a step: makes the detached mount that the step will put into the root, or leaves it at -1.
typedef int prepare_function(struct task *, struct reader *, int *tree);

step_function step_join_cgroup, step_join_pod_namespaces, step_join_namespace, step_unshare, step_fork, step_map_ids,
    step_propagation, step_overlay, step_root, step_mount, step_bind, step_pod_shm, step_device, step_symlink,
    step_mask, step_read_only_path, step_pivot, step_remount_root, step_hostname, step_domainname, step_sysctl,
    step_rlimit, step_oom_score_adj, step_umask, step_ids, step_bounding, step_capabilities, step_no_new_privileges,
    step_seccomp, step_work_dir, step_exec, step_terminal, step_loopback, step_pin_namespace, step_keep_namespaces,
    step_pod_init, step_hold_shm, step_set_sid, step_chdir, step_join_container,
    step_attribute, step_hook_runner, step_hook, step_bind_below, step_join_other, step_give_stdio,
    step_layer_namespace;
prepare_function prepare_overlay, prepare_bind, prepare_bind_below, prepare_device, prepare_layer_namespace;

enum { NOT_PREPARED = -1, PREPARED_IN_PLACE = -2 };
// What step Prepare has made for the present step, which is the caller's now.
int take_prepared(struct task *);

// Goes on in a new child of the shim, made in the cgroup v2 that the descriptor is, or -1: in the present one.
// -ENOSYS where the kernel cannot do the former.
int go_on_in_child(struct task *, int cgroup);

// Undoes what the shim did to itself: signal mask, handlers.
void reset_signals(void);
// Takes the ids 0 of the user namespace it is in, where they are mapped.
void become_root(void);

#endif
