/** Volumes: named and anonymous directories that outlive containers. */
@NullMarked
package dev.gantry.local.volumes;

import org.jspecify.annotations.NullMarked;
