/** System call filters: rules compiled to BPF through libseccomp. */
@NullMarked
package dev.gantry.linux.seccomp;

import org.jspecify.annotations.NullMarked;
