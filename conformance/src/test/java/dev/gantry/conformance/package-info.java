/**
 * The field's own suites and clients, run against a real {@code gantryd}: crictl, critest, a
 * registry, CNI plugins, runc.
 */
@NullMarked
package dev.gantry.conformance;

import org.jspecify.annotations.NullMarked;
