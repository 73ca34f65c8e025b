/**
 * Layer archives as streams: decompression (gzip, zstd, plain) and tar (ustar, pax, GNU), every
 * number and name bounded. Touches no file system.
 */
@NullMarked
package dev.gantry.imagestore.archive;

import org.jspecify.annotations.NullMarked;
