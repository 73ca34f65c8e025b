/** Pods and containers as a whole. */
@NullMarked
package dev.gantry.engine;

import org.jspecify.annotations.NullMarked;
