// Containers of the pod: started by a plan or a delegate, until they are deleted.
#ifndef GANTRY_CONTAINER_H
#define GANTRY_CONTAINER_H

#include "client.h"
#include "console.h"
#include "crilog.h"
#include "launch.h"
#include "process.h"
#include "streams.h"

enum { CONTAINER_ID_MAX = 128 };

enum container_state { STATE_STARTING = 0, STATE_RUNNING = 1, STATE_EXITED = 2 };

struct attachment;

struct container {
    struct container *next;
    char *id, *log_path, *oom_path, *pid_path, *stderr_path;
    uint32_t flags;
    enum container_state state;
    struct process process;
    struct launch *launch; // while it starts
    bool reaped;           // while it starts: it has already gone, with status
    int status;
    pid_t pid;
    uint64_t started, finished; // ns since the epoch
    int code, signal;
    bool oom;
    struct crilog log;
    struct stream out, err;
    int input;          // write end of its stdin or a terminal's master; -1 when closed or none
    int delegate_error; // write end of its stderr, kept for a delegate's second command
    uint8_t *after;     // the second plan of a delegate
    size_t after_size;
    struct console console;
    struct attachment *attachments;
};

extern struct container *containers;

bool valid_id(const char *id);
struct container *container_find(const char *id);
// Answers START.
struct start_request {
    const char *id, *log_path, *oom_path, *pid_path, *stderr_path;
    uint32_t flags;
    uint64_t log_size; // at which the log is rotated; 0: never
    uint32_t log_files;
    struct slice plan, after;
};
void container_start(struct client *client, uint32_t request, const struct start_request *);
int container_signal(struct container *, int signal);
int container_reopen_log(struct container *);
int container_resize(struct container *, uint16_t rows, uint16_t columns);
void container_close_input(struct container *);
// Takes over the master of its terminal.
int container_take_terminal(struct container *, int master);
// A stream of it has ended: the log is not needed when none is left.
void container_stream_ended(struct container *);
void container_delete(struct container *);
// Puts {id, pid, code, …} of an exited one into an EXITED frame.
void container_put_exited(struct writer *, const struct container *);

#endif
