// A plan on its way: the child that carries it out, and the channel on which it reports.
#ifndef GANTRY_LAUNCH_H
#define GANTRY_LAUNCH_H

#include "client.h"
#include "loop.h"
#include "process.h"
#include "wire.h"

enum purpose { PURPOSE_SETUP, PURPOSE_CONTAINER, PURPOSE_DELEGATE, PURPOSE_EXEC };

// How a plan ended. On failure the rest says where: step type 0 is not in a step.
struct outcome {
    bool ok;
    uint32_t step;
    uint16_t type;
    int error;
    const char *subject, *message;
};

struct launch {
    struct source channel;
    struct process process;
    struct launch *next;
    enum purpose purpose;
    bool delegate;         // succeeds when its process exits 0, not when it is executed
    struct client *client; // NULL once it is gone
    uint32_t request;
    void *owner;
    // Called once; the launch is freed after it. A process that lives on is launch->pid, unless reaped.
    void (*settled)(struct launch *, const struct outcome *);
    // Takes the master of a terminal that the child opened.
    void (*terminal)(struct launch *, int master);

    pid_t pid; // of the plan's process, the last that is known

    bool executed, done, ended, failed, reaped;
    int status;
    char *report; // subject NUL message NUL
    struct outcome outcome;
};

// What travels on the channel, both ends of which are this program.
enum message_kind {
    MESSAGE_HELLO = 1,  // a Fork went on in the sender
    MESSAGE_EXECUTING,  // about to exec; nothing more will come if it works
    MESSAGE_DONE,       // the plan ended without an exec
    MESSAGE_FAILED,     // text: subject NUL message NUL
    MESSAGE_MAP_IDS,    // text: uid_map NUL gid_map NUL; answered
    MESSAGE_KEEP,       // argument: mask; answered
    MESSAGE_PIN,        // argument: kind, text: path NUL; answered
    MESSAGE_HOLD_SHM,   // answered
    MESSAGE_TERMINAL,   // with a descriptor
};

struct message {
    uint32_t kind, step, type;
    int32_t error;
    uint32_t argument;
};

enum { MESSAGE_TEXT_MAX = 10000 };

struct container;

// Forks the child and begins. The caller has filled in purpose, delegate, client, request, owner, settled, terminal of an
// allocated launch, which belongs to this file from then on (also on failure, when settled is not called).
// stdio: -1 for /dev/null. joined: the container that an exec goes into, or NULL.
int launch_begin(struct launch *launch, struct slice plan, const int stdio[3], const struct container *joined);
// Ends a launch early: kills its child, after which settled comes as for any that dies.
void launch_kill(struct launch *launch, int signal);
void launches_forget_client(const struct client *client);
// Hears what every child has said so far; settles nothing.
void launches_drain(void);
void launches_kill_all(void);
bool launches_any(void);

#endif
