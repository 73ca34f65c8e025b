/** Which daemon is meant, and the way to it: UNIX socket, TCP with mutual TLS, ssh; contexts. */
@NullMarked
package dev.gantry.cli.connect;

import org.jspecify.annotations.NullMarked;
