/**
 * What tests of this and other rooms pull from: images made in memory, pushed to a real registry on
 * loopback, and a scripted registry for what a real one does not do.
 */
@NullMarked
package dev.gantry.imagestore.testing;

import org.jspecify.annotations.NullMarked;
