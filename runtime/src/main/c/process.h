// Children of the shim: who waits for which pid, and what came back for pids that nobody knew yet.
#ifndef GANTRY_PROCESS_H
#define GANTRY_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

// Embedded in what owns the process. pidfd is -1 when there is none.
struct process {
    struct process *next;
    pid_t pid;
    int pidfd;
    void (*exited)(struct process *, int status);
};

// Watches SIGCHLD. The signal is blocked already.
int processes_watch(void);
// Waits for the pid on behalf of the owner; opens its pidfd.
int process_register(struct process *, pid_t pid, void (*exited)(struct process *, int status));
// No longer waits for it; whoever it is, it is reaped all the same.
void process_forget(struct process *);
int process_signal(const struct process *, int signal);
// Exits of unknown children are remembered (a few) while somebody may come to ask for them: see process_claim.
void processes_remember_unknown(bool remember);
// Whether an unknown child of that pid has exited of late; its status then.
bool process_claim(pid_t pid, int *status);
// Kills every child that the shim has, known or not. Returns whether there was one.
bool processes_kill_children(void);
// Reaps whatever has exited.
void processes_reap(void);

#endif
