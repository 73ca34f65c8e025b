/**
 * What the store knows: its tables in the state database, images with their names, blobs and
 * layers.
 */
@NullMarked
package dev.gantry.imagestore.records;

import org.jspecify.annotations.NullMarked;
