/**
 * Containers as people run them: names, restart policies, health checks, waiting, events and what
 * happened to them. {@link dev.gantry.local.LocalContainers} is the door. Each is one container in
 * a pod of its own in the scope {@code local}; both keep their ids over all restarts.
 */
@NullMarked
package dev.gantry.local;

import org.jspecify.annotations.NullMarked;
