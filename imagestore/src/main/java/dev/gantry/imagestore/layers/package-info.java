/**
 * Layers as directories in overlay form: applying an archive to one, reading a file through a stack
 * of them, removing one. Whatever an archive holds, nothing outside its directory is touched.
 */
@NullMarked
package dev.gantry.imagestore.layers;

import org.jspecify.annotations.NullMarked;
