package dev.gantry.imagestore.archive;

import dev.gantry.linux.fs.PathBytes;

/** An extended attribute as a pax header gives it (SCHILY.xattr.NAME); the value is not copied. */
@SuppressWarnings("ArrayRecordComponent") // a value of up to 1 MiB, compared by nobody
public record TarXattr(PathBytes name, byte[] value) {}
