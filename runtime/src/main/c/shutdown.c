// Killing everything, waiting for it within a bound, and leaving nothing behind.
#include "shutdown.h"

#include "base.h"
#include "container.h"
#include "exec.h"
#include "pod.h"

#include <signal.h>
#include <stdio.h>
#include <sys/timerfd.h>

enum { PATIENCE_SECONDS = 10, FLUSH_MS = 1000 };

static struct client *waiting;
static uint32_t waiting_request;

static bool still_running(void)
{
    bool any = false;
    for (struct container *c = containers; c != NULL; c = c->next) {
        if (c->state != STATE_EXITED) {
            any = true;
            process_signal(&c->process, SIGKILL);
        }
    }
    if (execs_any() || launches_any()) {
        execs_kill_all();
        launches_kill_all();
        any = true;
    }
    return any;
}

void shutdown_step(void)
{
    if (!pod.shutting_down || still_running() || processes_kill_children())
        return;
    pod_release();
    clients_stop_listening(pod.dir);
    unlinkat(pod.dir, "shim.pid", 0);
    client_ok(waiting, waiting_request);
    clients_flush(FLUSH_MS);
    exit(0);
}

// Something does not die, as a process in an uninterruptible wait does not: says so, and goes on waiting.
static void patience_ends(struct source *timer, uint32_t events)
{
    (void)events;
    char message[256];
    const char *id = "an exec or an orphan";
    for (struct container *c = containers; c != NULL; c = c->next)
        if (c->state != STATE_EXITED)
            id = c->id;
    snprintf(message, sizeof message, "killed, but still there after %d seconds: %s", PATIENCE_SECONDS, id);
    client_error(waiting, waiting_request, ETIMEDOUT, message);
    waiting = NULL;
    loop_close(timer);
}

static struct source patience = {.fd = -1, .ready = patience_ends};

void shutdown_begin(struct client *client, uint32_t request)
{
    if (waiting != NULL) {
        client_error(client, request, EALREADY, "the shim is shutting down");
        return;
    }
    pod.shutting_down = true;
    waiting = client;
    waiting_request = request;
    struct itimerspec after = {.it_value = {.tv_sec = PATIENCE_SECONDS}};
    loop_close(&patience);
    patience.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (patience.fd >= 0) {
        timerfd_settime(patience.fd, 0, &after, NULL);
        loop_watch(&patience, EPOLLIN);
    }
    processes_reap();
    shutdown_step();
}

void shutdown_forget_client(const struct client *client)
{
    if (waiting == client)
        waiting = NULL;
}
