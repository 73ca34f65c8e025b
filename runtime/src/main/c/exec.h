// Processes that a client runs in a container; they live no longer than its connection.
#ifndef GANTRY_EXEC_H
#define GANTRY_EXEC_H

#include "client.h"
#include "container.h"

struct exec_request {
    const char *pid_path;
    uint32_t flags;
    uint16_t rows, columns;
    struct slice plan;
};

// Answers EXEC, taking the client's descriptors.
void exec_start(struct client *client, uint32_t request, struct container *container, const struct exec_request *);
int exec_resize(const struct client *client, const char *container_id, uint32_t request, uint16_t rows,
                uint16_t columns);
void execs_end_of_client(const struct client *);
void execs_kill_all(void);
bool execs_any(void);

#endif
