// Plans: the table of steps, the check before, the interpreter.
#ifndef GANTRY_PLAN_H
#define GANTRY_PLAN_H

#include "wire.h"

#include <stdbool.h>

struct task;

// Whether every step is known and has the shape of its type; else says what is wrong.
bool plan_check(struct slice plan, char *message, size_t size);
// Carries the steps out, in order, up to the first that fails. Returns 0 or -errno; returns only without an exec.
int plan_run(struct task *, struct slice plan);

#endif
