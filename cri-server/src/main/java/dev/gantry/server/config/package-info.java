/**
 * gantryd's configuration: {@link dev.gantry.server.config.Keys} declares every key once, with its
 * type, default and documentation; the file, the command line, the documented example and the
 * refusals all follow from it.
 */
@NullMarked
package dev.gantry.server.config;

import org.jspecify.annotations.NullMarked;
