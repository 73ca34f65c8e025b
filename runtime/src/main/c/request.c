// Decoding requests, checking them, handing them on.
#include "request.h"

#include "attach.h"
#include "base.h"
#include "container.h"
#include "exec.h"
#include "plan.h"
#include "pod.h"
#include "shutdown.h"

#include <stdio.h>
#include <string.h>

static void malformed(struct client *client, uint32_t request)
{
    client_error(client, request, EBADMSG, "malformed request");
    client_end(client);
}

// Answers with an error unless the plan can be carried out step by step.
static bool check_plan(struct client *client, uint32_t request, struct slice plan)
{
    char message[96];
    if (plan_check(plan, message, sizeof message))
        return true;
    client_error(client, request, EINVAL, message);
    return false;
}

static void reply(struct client *client, uint32_t request, int rc, const char *message)
{
    if (rc < 0)
        client_error(client, request, -rc, message);
    else
        client_ok(client, request);
}

// The container that the request begins with; answers when there is none.
static struct container *take_container(struct client *client, uint32_t request, struct reader *r)
{
    const char *id = take_string(r);
    if (r->bad) {
        malformed(client, request);
        return NULL;
    }
    struct container *container = container_find(id);
    if (container == NULL)
        client_error(client, request, ENOENT, "no such container");
    return container;
}

static void ping(struct client *client, uint32_t request)
{
    struct writer w = {0};
    size_t frame = frame_begin(&w, FRAME_PONG, request);
    put_u32(&w, PROTOCOL_VERSION);
    put_i32(&w, getpid());
    put_string(&w, pod.id);
    put_u8(&w, pod.set_up);
    frame_end(&w, frame);
    client_send(client, &w);
    writer_free(&w);
}

static void setup(struct client *client, uint32_t request, struct reader *r)
{
    struct slice plan = take_plan(r);
    if (!reader_done(r))
        malformed(client, request);
    else if (check_plan(client, request, plan))
        pod_set_up(client, request, plan.data, plan.size);
}

static void start(struct client *client, uint32_t request, struct reader *r)
{
    struct start_request s;
    s.id = take_string(r);
    s.flags = take_u32(r);
    s.log_path = take_string(r);
    s.oom_path = take_string(r);
    s.pid_path = take_string(r);
    s.stderr_path = take_string(r);
    s.plan = take_plan(r);
    s.after = take_plan(r);
    bool rotated = r->at < r->end;
    s.log_size = rotated ? take_u64(r) : 0;
    s.log_files = rotated ? take_u32(r) : 0;
    if (!reader_done(r))
        malformed(client, request);
    else if (!valid_id(s.id))
        client_error(client, request, EINVAL, "not a container id");
    else if (check_plan(client, request, s.plan) && check_plan(client, request, s.after))
        container_start(client, request, &s);
}

static unsigned wanted_descriptors(uint32_t flags)
{
    return (unsigned)__builtin_popcount(flags & (FLAG_STDIN | FLAG_STDOUT | FLAG_STDERR));
}

static void exec(struct client *client, uint32_t request, struct reader *r)
{
    const char *id = take_string(r);
    struct exec_request e;
    e.flags = take_u32(r);
    e.pid_path = take_string(r);
    e.rows = take_u16(r);
    e.columns = take_u16(r);
    e.plan = take_plan(r);
    struct container *container;
    if (!reader_done(r))
        malformed(client, request);
    else if (wanted_descriptors(e.flags) != client->fd_count)
        client_error(client, request, EINVAL, "the descriptors are not those that the flags name");
    else if (!check_plan(client, request, e.plan))
        return;
    else if ((container = container_find(id)) == NULL)
        client_failed(client, request, 0, 0, ENOENT, id, "no such container");
    else if (container->state != STATE_RUNNING)
        client_failed(client, request, 0, 0, ESRCH, id, "the container is not running");
    else
        exec_start(client, request, container, &e);
}

static void send_signal(struct client *client, uint32_t request, struct reader *r)
{
    struct container *container = take_container(client, request, r);
    if (container == NULL)
        return;
    int32_t signal = take_i32(r);
    if (!reader_done(r))
        malformed(client, request);
    else
        reply(client, request, container_signal(container, signal), "the container cannot be signalled");
}

static void put_listed(struct writer *w, const struct container *c)
{
    put_string(w, c->id);
    put_u8(w, (uint8_t)c->state);
    put_i32(w, c->pid);
    put_u64(w, c->started);
    put_u64(w, c->state == STATE_EXITED ? c->finished : 0);
    put_i32(w, c->code);
    put_i32(w, c->signal);
    put_u8(w, c->oom);
    put_u64(w, c->log.dropped);
}

static void list(struct client *client, uint32_t request)
{
    struct writer w = {0};
    uint32_t count = 0;
    for (struct container *c = containers; c != NULL; c = c->next)
        count += c->state != STATE_STARTING;
    size_t frame = frame_begin(&w, FRAME_LISTING, request);
    put_u32(&w, count);
    for (struct container *c = containers; c != NULL; c = c->next)
        if (c->state != STATE_STARTING)
            put_listed(&w, c);
    frame_end(&w, frame);
    client_send(client, &w);
    writer_free(&w);
}

static void subscribe(struct client *client, uint32_t request)
{
    client_ok(client, request);
    client->subscribed = true;
    for (struct container *c = containers; c != NULL; c = c->next) {
        if (c->state != STATE_EXITED)
            continue;
        struct writer w = {0};
        size_t frame = frame_begin(&w, FRAME_EXITED, 0);
        container_put_exited(&w, c);
        frame_end(&w, frame);
        client_send(client, &w);
        writer_free(&w);
    }
}

static void resize(struct client *client, uint32_t request, struct reader *r)
{
    const char *id = take_string(r);
    uint32_t of = take_u32(r);
    uint16_t rows = take_u16(r), columns = take_u16(r);
    struct container *container = container_find(id);
    if (!reader_done(r))
        malformed(client, request);
    else if (of != 0)
        reply(client, request, exec_resize(client, id, of, rows, columns), "no such exec with a terminal");
    else
        reply(client, request, container == NULL ? -ENOENT : container_resize(container, rows, columns),
              "no such container with a terminal");
}

static void attach_to(struct client *client, uint32_t request, struct reader *r)
{
    const char *id = take_string(r);
    uint32_t flags = take_u32(r);
    struct container *container = container_find(id);
    bool early = (flags & FLAG_AWAIT) != 0;
    if (!reader_done(r))
        malformed(client, request);
    else if (wanted_descriptors(flags) != client->fd_count)
        client_error(client, request, EINVAL, "the descriptors are not those that the flags name");
    else if (container == NULL && early && valid_id(id))
        attach_early(client, request, id, flags);
    else if (container == NULL)
        client_error(client, request, ENOENT, "no such container");
    else if (container->state != STATE_RUNNING && !(early && container->state == STATE_STARTING))
        client_error(client, request, ESRCH, "the container is not running");
    else
        attach(client, request, container, flags);
}

static void delete(struct client *client, uint32_t request, struct reader *r)
{
    const char *id = take_string(r);
    struct container *container = container_find(id);
    if (!reader_done(r)) {
        malformed(client, request);
        return;
    }
    if (container != NULL && container->state != STATE_EXITED) {
        client_error(client, request, EBUSY, "the container is running");
        return;
    }
    if (container != NULL)
        container_delete(container);
    client_ok(client, request);
}

// Requests that are nothing but a container id.
static void simple(struct client *client, uint16_t type, uint32_t request, struct reader *r)
{
    struct container *container = take_container(client, request, r);
    if (container == NULL)
        return;
    if (!reader_done(r)) {
        malformed(client, request);
        return;
    }
    if (type == FRAME_REOPEN_LOG) {
        reply(client, request, container_reopen_log(container), "the log cannot be opened anew");
    } else {
        container_close_input(container);
        client_ok(client, request);
    }
}

static void without_payload(struct client *client, uint16_t type, uint32_t request, const struct reader *r)
{
    if (!reader_done(r))
        malformed(client, request);
    else if (type == FRAME_PING)
        ping(client, request);
    else if (type == FRAME_LIST)
        list(client, request);
    else if (type == FRAME_SUBSCRIBE)
        subscribe(client, request);
    else
        shutdown_begin(client, request);
}

void request_handle(struct client *client, uint16_t type, uint32_t request, struct slice payload)
{
    struct reader r = reader_of(payload.data, payload.size);
    if (pod.shutting_down && (type == FRAME_SETUP || type == FRAME_START || type == FRAME_EXEC)) {
        client_error(client, request, ESHUTDOWN, "the shim is shutting down");
        return;
    }
    switch (type) {
    case FRAME_PING:
    case FRAME_LIST:
    case FRAME_SUBSCRIBE:
    case FRAME_SHUTDOWN:
        without_payload(client, type, request, &r);
        break;
    case FRAME_SETUP:
        setup(client, request, &r);
        break;
    case FRAME_START:
        start(client, request, &r);
        break;
    case FRAME_EXEC:
        exec(client, request, &r);
        break;
    case FRAME_SIGNAL:
        send_signal(client, request, &r);
        break;
    case FRAME_RESIZE:
        resize(client, request, &r);
        break;
    case FRAME_ATTACH:
        attach_to(client, request, &r);
        break;
    case FRAME_DELETE:
        delete(client, request, &r);
        break;
    case FRAME_REOPEN_LOG:
    case FRAME_CLOSE_STDIN:
        simple(client, type, request, &r);
        break;
    default:
        client_error(client, request, ENOSYS, "no such request");
    }
}
