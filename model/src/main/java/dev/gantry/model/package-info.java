/**
 * Values that the rooms exchange: identifiers, digests, references, mounts, resources, and the one
 * {@link dev.gantry.model.Failure}. Nothing here touches a file, a socket or the kernel.
 */
@NullMarked
package dev.gantry.model;

import org.jspecify.annotations.NullMarked;
