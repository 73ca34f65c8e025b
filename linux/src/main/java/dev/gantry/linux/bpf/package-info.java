/** Programs for the kernel's hooks (bpf(2)): the device controller of control groups version 2. */
@NullMarked
package dev.gantry.linux.bpf;

import org.jspecify.annotations.NullMarked;
