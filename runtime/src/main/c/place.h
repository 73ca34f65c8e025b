// Where a process is, to come back to after a look into another mount namespace.
#ifndef GANTRY_PLACE_H
#define GANTRY_PLACE_H

struct place {
    int namespace, root, cwd;
};

// Notes where the process is. Whatever it returns, place_forget is to be called.
int place_note(struct place *);
// setns moves root and working directory to the namespace's own root; both are put back, since the daemon may live in a
// chroot. From within a user namespace there is no way back.
int place_return(const struct place *);
void place_forget(struct place *);

#endif
