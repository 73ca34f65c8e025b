/** Network interfaces of the daemon's own namespace. */
@NullMarked
package dev.gantry.linux.net;

import org.jspecify.annotations.NullMarked;
