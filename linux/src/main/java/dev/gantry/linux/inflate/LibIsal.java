package dev.gantry.linux.inflate;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** ISA-L's functions (igzip_lib.h), by JNA's direct mapping; loaded at the first use. */
final class LibIsal {
    static {
        Native.register("libisal.so.2");
    }

    private LibIsal() {}

    static native void isal_inflate_init(Pointer state);

    static native int isal_inflate(Pointer state);
}
