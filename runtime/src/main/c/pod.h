// What belongs to the pod as a whole: its directory, its namespaces, its pins, its init.
#ifndef GANTRY_POD_H
#define GANTRY_POD_H

#include "process.h"

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct client;

enum { NAMESPACE_KINDS = 8 };
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

struct namespace_kind {
    uint32_t flag; // CLONE_NEW*
    const char *name, *file; // below /proc/PID/ns
};

struct pod {
    const char *id;
    int dir, exits; // DIR and DIR/exits
    int namespaces[NAMESPACE_KINDS]; // -1 when not held
    int shm; // the mount namespace whose root is the shared memory
    bool set_up, setting_up, shutting_down;
    struct process init; // pidfd is -1 when there is none
};

extern struct pod pod;
extern const struct namespace_kind namespace_kinds[NAMESPACE_KINDS];

void pod_init(const char *id);
// Answers SETUP.
void pod_set_up(struct client *client, uint32_t request, const uint8_t *plan, size_t size);
// The held namespace of that kind (CLONE_NEW*), or -1.
int pod_namespace(uint32_t kind);
// Opens and holds namespaces of a process.
int pod_keep(pid_t pid, uint32_t mask);
// Binds a namespace of a process on a new file.
int pod_pin(pid_t pid, uint32_t kind, const char *path);
int pod_hold_shm(pid_t pid);
// Writes the maps (uid_map NUL gid_map NUL) of a process that waits in a new user namespace.
int pod_map_ids(pid_t pid, const char *maps, size_t size);
// Ends the init, lets go of the namespaces, removes the pins.
void pod_release(void);

#endif
