/**
 * The launch plan: one record a step, the compiler from an OCI specification, and the wire format
 * of docs/shim-protocol.md.
 */
@NullMarked
package dev.gantry.runtime.plan;

import org.jspecify.annotations.NullMarked;
