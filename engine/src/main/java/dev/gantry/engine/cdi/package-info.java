/**
 * The Container Device Interface: what vendors' files say about devices, and how a container's
 * specification changes for them (github.com/cncf-tags/container-device-interface, SPEC.md, up to
 * version 1.1.0).
 */
@NullMarked
package dev.gantry.engine.cdi;

import org.jspecify.annotations.NullMarked;
