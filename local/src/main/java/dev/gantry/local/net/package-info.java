/** How containers come to the networks that they name. */
@NullMarked
package dev.gantry.local.net;

import org.jspecify.annotations.NullMarked;
