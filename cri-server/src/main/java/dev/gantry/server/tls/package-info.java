/** Certificates of the daemon's servers: read from files, checked, and read anew. */
@NullMarked
package dev.gantry.server.tls;

import org.jspecify.annotations.NullMarked;
