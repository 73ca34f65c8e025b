/**
 * Pods and containers as a whole: the only room that combines runtime, imagestore and cni. {@link
 * dev.gantry.engine.Engine} is its door; it knows no gRPC, so that more than one front door can
 * stand before it. Each call has a class of its own; what has happened is kept in tables of the
 * state, what runs is asked from the shims.
 */
@NullMarked
package dev.gantry.engine;

import org.jspecify.annotations.NullMarked;
