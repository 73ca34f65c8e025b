/** What was done for pods and containers, step by step, in files that outlive the daemon. */
@NullMarked
package dev.gantry.engine.journal;

import org.jspecify.annotations.NullMarked;
