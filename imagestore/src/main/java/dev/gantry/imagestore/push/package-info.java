/**
 * Sends images that are here to registries: what there is to send, in which order, and from where
 * what the registry need not be sent can be had.
 */
@NullMarked
package dev.gantry.imagestore.push;

import org.jspecify.annotations.NullMarked;
