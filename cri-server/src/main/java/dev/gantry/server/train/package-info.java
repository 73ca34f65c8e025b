/**
 * The run that the build makes once: it walks the daemon's usual paths, so that the AOT cache (JEP
 * 514) holds their classes. Nothing here runs in production.
 */
@NullMarked
package dev.gantry.server.train;

import org.jspecify.annotations.NullMarked;
