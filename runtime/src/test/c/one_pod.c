#include "one_pod.h"

const char *dir;
int control, events;

void begin(void)
{
    dir = shim_start("pod");
    events = subscribe(dir);
    control = shim_connect(dir);
}

struct reply try_plan(const struct plan *plan)
{
    send_start(control, 1, &(struct start){.id = "c", .plan = plan, .log = in_scratch("log")});
    return receive(control);
}

int run_plan(const struct plan *plan)
{
    unlink(in_scratch("log"));
    start(control, &(struct start){.id = "c", .plan = plan, .log = in_scratch("log")});
    int code = wait_exit(events, "c").code;
    check_ok(ask_text(control, FRAME_DELETE, "c"));
    return code;
}
