/**
 * The directory of the store: where things lie, what they take, what is deleted when nothing needs
 * it, and what a start finds amiss.
 */
@NullMarked
package dev.gantry.imagestore.disk;

import org.jspecify.annotations.NullMarked;
