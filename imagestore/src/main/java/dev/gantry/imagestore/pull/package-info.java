/**
 * From a reference to a recorded image: documents, blobs and unpacked layers, each made once
 * however many ask.
 */
@NullMarked
package dev.gantry.imagestore.pull;

import org.jspecify.annotations.NullMarked;
