/** Network configuration lists, plugin calls, cached results. */
@NullMarked
package dev.gantry.cni;

import org.jspecify.annotations.NullMarked;
