/** Seccomp profiles: the default one, and files in docker's form; resolved to OCI's form. */
@NullMarked
package dev.gantry.runtime.seccomp;

import org.jspecify.annotations.NullMarked;
