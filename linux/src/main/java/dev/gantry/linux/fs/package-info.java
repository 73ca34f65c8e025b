/**
 * File-system calls that java.nio does not have: resolution confined to a root (openat2), names as
 * bytes, device nodes, whiteouts, xattrs, nanosecond times, syncfs.
 */
@NullMarked
package dev.gantry.linux.fs;

import org.jspecify.annotations.NullMarked;
