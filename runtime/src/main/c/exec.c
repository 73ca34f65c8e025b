// Starting an exec, relaying its terminal, telling its end, and ending it with its connection.
#include "exec.h"

#include "base.h"
#include "console.h"
#include "start.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

struct exec {
    struct exec *next;
    char container[CONTAINER_ID_MAX + 1];
    char *pid_path;
    struct client *client; // NULL once it is gone
    uint32_t request, flags;
    uint16_t rows, columns;
    struct launch *launch; // while it starts
    struct process process;
    pid_t pid;
    bool running;
    uint64_t started;
    int ends[2]; // the client's end of a terminal's input and output, until the terminal is there
    int master;
    struct relay input, output;
    struct console console;
};

static struct exec *execs;

static void close_terminal(struct exec *exec)
{
    relay_close(&exec->input);
    relay_close(&exec->output);
    close_fd(&exec->master);
    close_fd(&exec->ends[0]);
    close_fd(&exec->ends[1]);
}

static void exec_free(struct exec *exec)
{
    for (struct exec **at = &execs; *at != NULL; at = &(*at)->next) {
        if (*at == exec) {
            *at = exec->next;
            break;
        }
    }
    close_terminal(exec);
    console_close(&exec->console);
    process_forget(&exec->process);
    free(exec->pid_path);
    free(exec);
}

// It is over when it has been reaped and its terminal's output has gone out.
static void release(struct exec *exec)
{
    if (!exec->running && exec->launch == NULL && (exec->client == NULL || exec->output.in.fd < 0))
        exec_free(exec);
}

static void ended(struct exec *exec, int status)
{
    exec->running = false;
    struct writer w = {0};
    size_t frame = frame_begin(&w, FRAME_EXITED, exec->request);
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    put_string(&w, exec->container);
    put_i32(&w, exec->pid);
    put_i32(&w, signal != 0 ? 128 + signal : WEXITSTATUS(status));
    put_i32(&w, signal);
    put_u8(&w, 0);
    put_u64(&w, exec->started);
    put_u64(&w, now_ns());
    frame_end(&w, frame);
    client_send(exec->client, &w);
    writer_free(&w);
    release(exec);
}

static void exited(struct process *process, int status)
{
    ended(container_of(process, struct exec, process), status);
}

static void kill_group(struct exec *exec)
{
    if (exec->launch != NULL)
        launch_kill(exec->launch, SIGKILL);
    if (exec->running) {
        kill(-exec->pid, SIGKILL); // not reaped yet, so the number is still its own
        process_signal(&exec->process, SIGKILL);
    }
}

static void failed(struct exec *exec, const struct launch *launch, const struct outcome *o)
{
    client_failed(launch->client, launch->request, o->step, o->type, o->error, o->subject, o->message);
    exec_free(exec);
}

static bool detached(const struct exec *exec)
{
    return (exec->flags & FLAG_DETACHED) != 0;
}

static void settled(struct launch *launch, const struct outcome *outcome)
{
    struct exec *exec = launch->owner;
    exec->launch = NULL;
    int rc = 0, status = launch->status;
    bool reaped = launch->reaped;
    if (!outcome->ok) {
        failed(exec, launch, outcome);
        return;
    }
    exec->pid = launch->pid;
    process_forget(&launch->process);
    if (launch->delegate) {
        console_poll(&exec->console);
        exec->pid = start_read_pid(exec->pid_path);
        rc = exec->pid < 0 ? exec->pid : 0;
        reaped = rc == 0 && process_claim(exec->pid, &status);
    }
    if (rc == 0 && !reaped)
        rc = process_register(&exec->process, exec->pid, exited);
    if (rc < 0) {
        failed(exec, launch,
               &(struct outcome){.error = -rc, .subject = exec->pid_path, .message = "take over the process"});
        return;
    }
    exec->running = true;
    exec->started = now_ns();
    struct writer w = {0};
    size_t frame = frame_begin(&w, FRAME_STARTED, exec->request);
    put_i32(&w, exec->pid);
    put_u64(&w, exec->started);
    frame_end(&w, frame);
    client_send(exec->client, &w);
    writer_free(&w);
    if (reaped)
        ended(exec, status);
    else if (exec->client == NULL && !detached(exec))
        kill_group(exec);
}

static void input_ended(struct relay *relay)
{
    (void)relay;
}

// Either all who held the terminal are gone, or nobody reads it any more: then it hangs up.
static void output_ended(struct relay *relay)
{
    struct exec *exec = container_of(relay, struct exec, output);
    close_terminal(exec);
    release(exec);
}

static void take_master(struct exec *exec, int master)
{
    struct winsize size = {.ws_row = exec->rows, .ws_col = exec->columns};
    if (exec->master >= 0) {
        close(master);
        return;
    }
    exec->master = master;
    if (exec->rows > 0 && exec->columns > 0)
        ioctl(master, TIOCSWINSZ, &size);
    if (exec->ends[0] >= 0)
        relay_open(&exec->input, take_fd(&exec->ends[0]), fcntl(master, F_DUPFD_CLOEXEC, 3), input_ended);
    if (exec->ends[1] >= 0 &&
        relay_open(&exec->output, fcntl(master, F_DUPFD_CLOEXEC, 3), take_fd(&exec->ends[1]), output_ended) < 0)
        close_terminal(exec);
}

static void terminal(struct launch *launch, int master)
{
    take_master(launch->owner, master);
}

static void console_terminal(struct console *console, int master)
{
    take_master(container_of(console, struct exec, console), master);
}

static struct exec *new_exec(struct client *client, uint32_t request, const struct container *container,
                             const struct exec_request *r)
{
    struct exec *exec = calloc(1, sizeof *exec);
    if (exec == NULL)
        return NULL;
    exec->next = execs;
    execs = exec;
    strcpy(exec->container, container->id);
    exec->client = client;
    exec->request = request;
    exec->flags = r->flags;
    exec->rows = r->rows;
    exec->columns = r->columns;
    exec->master = exec->ends[0] = exec->ends[1] = exec->process.pidfd = exec->console.source.fd = -1;
    exec->input.in.fd = exec->input.out.fd = exec->output.in.fd = exec->output.out.fd = -1;
    exec->pid_path = strdup(r->pid_path);
    return exec;
}

static int begin(struct exec *exec, const struct container *container, const struct exec_request *r, int *descriptors)
{
    bool tty = (r->flags & FLAG_TERMINAL) != 0;
    int stdio[3] = {-1, -1, -1}, next = 0;
    static const uint32_t flags[3] = {FLAG_STDIN, FLAG_STDOUT, FLAG_STDERR};
    for (int i = 0; i < 3; i++)
        if ((r->flags & flags[i]) != 0)
            stdio[i] = descriptors[next++];
    if (tty) {
        for (int i = 0; i < 2; i++) {
            if (stdio[i] < 0)
                continue;
            exec->ends[i] = fcntl(stdio[i], F_DUPFD_CLOEXEC, 3);
            if (exec->ends[i] < 0)
                return -errno;
            stdio[i] = -1;
        }
        // A terminal that nobody reads would hold its writers up.
        if (exec->ends[1] < 0 && detached(exec) && (exec->ends[1] = open("/dev/null", O_WRONLY | O_CLOEXEC)) < 0)
            return -errno;
        if ((r->flags & FLAG_DELEGATE) != 0) {
            int rc = console_listen(&exec->console, r->pid_path, console_terminal);
            if (rc < 0)
                return rc;
        }
    }
    struct launch *launch = calloc(1, sizeof *launch);
    if (launch == NULL)
        return -ENOMEM;
    launch->purpose = PURPOSE_EXEC;
    launch->delegate = (r->flags & FLAG_DELEGATE) != 0;
    launch->client = exec->client;
    launch->request = exec->request;
    launch->owner = exec;
    launch->settled = settled;
    launch->terminal = terminal;
    exec->launch = launch;
    return launch_begin(launch, r->plan, stdio, container);
}

void exec_start(struct client *client, uint32_t request, struct container *container, const struct exec_request *r)
{
    struct exec *exec = new_exec(client, request, container, r);
    int rc = exec == NULL || exec->pid_path == NULL ? -ENOMEM : begin(exec, container, r, client->fds);
    if (rc == 0)
        return;
    client_failed(client, request, 0, 0, -rc, container->id, "start a child");
    if (exec != NULL)
        exec_free(exec);
}

int exec_resize(const struct client *client, const char *container_id, uint32_t request, uint16_t rows,
                uint16_t columns)
{
    struct exec *found = NULL;
    for (struct exec *e = execs; e != NULL; e = e->next)
        if (e->request == request && strcmp(e->container, container_id) == 0 && (found == NULL || e->client == client))
            found = e;
    if (found == NULL)
        return -ENOENT;
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return ioctl(found->master, TIOCSWINSZ, &size) < 0 ? -ENOTTY : 0;
}

// A delegate's command that is killed half way leaves the process that it has made to nobody: it goes on, and its process is killed
// as soon as it is known.
static void abandon(struct exec *exec)
{
    if (exec->launch == NULL || !exec->launch->delegate)
        kill_group(exec);
}

void execs_end_of_client(const struct client *client)
{
    struct exec *next;
    for (struct exec *e = execs; e != NULL; e = next) {
        next = e->next;
        if (e->client != client)
            continue;
        e->client = NULL;
        if (detached(e))
            continue;
        abandon(e);
        close_terminal(e);
        release(e);
    }
}

void execs_kill_all(void)
{
    for (struct exec *e = execs; e != NULL; e = e->next)
        kill_group(e);
}

bool execs_any(void)
{
    for (struct exec *e = execs; e != NULL; e = e->next)
        if (e->running || e->launch != NULL)
            return true;
    return false;
}
