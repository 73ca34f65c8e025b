/** The kernel's door: the only room that uses JNA. */
@NullMarked
package dev.gantry.linux;

import org.jspecify.annotations.NullMarked;
