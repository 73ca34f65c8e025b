/**
 * EROFS images, written in one pass (kernel, filesystems/erofs.rst, fs/erofs/erofs_fs.h): data and
 * inodes go to the file as they come, and only the names stay in memory until the end.
 */
@NullMarked
package dev.gantry.imagestore.erofs;

import org.jspecify.annotations.NullMarked;
