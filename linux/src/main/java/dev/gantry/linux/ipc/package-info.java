/** UNIX sockets with descriptors, pipes and poll: what the JDK does not have. */
@NullMarked
package dev.gantry.linux.ipc;

import org.jspecify.annotations.NullMarked;
