/** Processes of pods and containers: plans, the shim, cgroups, OCI handlers. */
@NullMarked
package dev.gantry.runtime;

import org.jspecify.annotations.NullMarked;
