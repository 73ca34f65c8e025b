// The interpreter: one row a step type, its payload's shape, its function.
#include "plan.h"

#include "task.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

struct step {
    const char *shape; // see wire_matches
    step_function *run;
    prepare_function *prepare; // NULL where the host has no part in it
};

static step_function step_prepare;

static const struct step steps[] = {
    [1] = {"S", step_join_cgroup},
    [2] = {"u", step_join_pod_namespaces},
    [3] = {"us", step_join_namespace},
    [4] = {"u", step_unshare},
    [5] = {"", step_fork},
    [6] = {"MM", step_map_ids},
    [7] = {"sq", step_propagation},
    [8] = {"Ssssqsc", step_overlay, prepare_overlay},
    [9] = {"sq", step_root},
    [10] = {"sssqsc", step_mount},
    [11] = {"ssqccqcc", step_bind, prepare_bind},
    [12] = {"s", step_pod_shm},
    [13] = {"scuuuuu", step_device, prepare_device},
    [14] = {"ss", step_symlink},
    [15] = {"s", step_mask},
    [16] = {"s", step_read_only_path},
    [17] = {"", step_pivot},
    [18] = {"q", step_remount_root},
    [19] = {"s", step_hostname},
    [20] = {"s", step_domainname},
    [21] = {"ss", step_sysctl},
    [22] = {"uqq", step_rlimit},
    [23] = {"uc", step_oom_score_adj},
    [24] = {"u", step_umask},
    [25] = {"uuU", step_ids},
    [26] = {"q", step_bounding},
    [27] = {"qqqq", step_capabilities},
    [28] = {"", step_no_new_privileges},
    [29] = {"ub", step_seccomp},
    [30] = {"sc", step_work_dir},
    [31] = {"SSS", step_exec},
    [32] = {"hhu", step_terminal},
    [33] = {"", step_loopback},
    [34] = {"us", step_pin_namespace},
    [35] = {"u", step_keep_namespaces},
    [36] = {"", step_pod_init},
    [37] = {"qu", step_hold_shm},
    [39] = {"", step_set_sid},
    [40] = {"s", step_chdir},
    [41] = {"u", step_join_container},
    [50] = {"ss", step_attribute},
    [51] = {"", step_hook_runner},
    [52] = {"csSSuss", step_hook},
    [53] = {"sssqqc", step_bind_below, prepare_bind_below},
    [54] = {"su", step_join_other},
    [60] = {"", step_prepare},
    [61] = {"u", step_give_stdio},
    [62] = {"s", step_layer_namespace, prepare_layer_namespace},
};

static const struct step *step_of(uint16_t type)
{
    return type < sizeof steps / sizeof *steps && steps[type].run != NULL ? &steps[type] : NULL;
}

bool plan_check(struct slice plan, char *message, size_t size)
{
    struct reader r = reader_of(plan.data, plan.size);
    uint32_t count = take_u32(&r);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t type = take_u16(&r);
        take_u16(&r);
        struct slice payload = take_bytes(&r);
        const struct step *step = step_of(type);
        if (r.bad || step == NULL || !wire_matches(payload, step->shape)) {
            snprintf(message, size, "step %u of the plan is %s (type %u)", i,
                     step == NULL ? "of an unknown type" : "malformed", type);
            return false;
        }
    }
    return reader_done(&r);
}

// The step at which the child is, for whoever wonders why nothing happens. Setup's child may stay, under the shim's name.
static void name_step(const struct task *task)
{
    char name[16];
    if (task->purpose == PURPOSE_SETUP)
        return;
    snprintf(name, sizeof name, "step %u", task->step);
    prctl(PR_SET_NAME, name);
}

// What comes next of a plan, or false at its end.
static bool next_step(struct task *task, struct reader *plan, struct reader *fields)
{
    if (plan->at == plan->end)
        return false;
    task->type = take_u16(plan);
    take_u16(plan);
    struct slice payload = take_bytes(plan);
    *fields = reader_of(payload.data, payload.size);
    name_step(task);
    return true;
}

// Looks ahead: a failure is that of the step which could not be prepared.
static int step_prepare(struct task *task, struct reader *r)
{
    (void)r;
    struct reader plan = task->rest, fields;
    uint32_t here = task->step;
    task->prepared = calloc(task->count, sizeof *task->prepared);
    if (task->prepared == NULL)
        return fail_number(task, ENOMEM, task->count, "prepare the steps");
    for (uint32_t i = 0; i < task->count; i++)
        task->prepared[i] = -1;
    for (task->step = here + 1; next_step(task, &plan, &fields); task->step++) {
        const struct step *step = step_of(task->type);
        int rc = step == NULL || step->prepare == NULL ? 0 : step->prepare(task, &fields, &task->prepared[task->step]);
        if (rc < 0)
            return rc;
    }
    task->step = here;
    return 0;
}

int plan_run(struct task *task, struct slice plan)
{
    struct reader r = reader_of(plan.data, plan.size), fields;
    task->count = take_u32(&r);
    for (task->step = 0; next_step(task, &r, &fields); task->step++) {
        const struct step *step = step_of(task->type);
        task->rest = r;
        int rc = step == NULL ? -ENOSYS : step->run(task, &fields);
        if (rc < 0)
            return rc;
    }
    return 0;
}
