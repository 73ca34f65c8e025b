// The console socket of an OCI runtime: it connects to `PIDFILE.tty` and sends the master of a terminal.
#ifndef GANTRY_CONSOLE_H
#define GANTRY_CONSOLE_H

#include "loop.h"

struct console {
    struct source source; // listens, then the connection
    char *path;
    int connected;
    void (*received)(struct console *, int master);
};

// Listens on pid_path with ".tty" appended.
int console_listen(struct console *, const char *pid_path, void (*received)(struct console *, int master));
// Takes what has arrived by now.
void console_poll(struct console *);
void console_close(struct console *);

#endif
