/** Control groups, version 1 and 2: limits, statistics, killing, removal. */
@NullMarked
package dev.gantry.runtime.cgroup;

import org.jspecify.annotations.NullMarked;
