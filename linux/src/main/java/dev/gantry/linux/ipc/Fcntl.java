package dev.gantry.linux.ipc;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;

/** fcntl(2), which is variadic and so cannot be mapped directly. */
final class Fcntl {
    private static final Function FCNTL = NativeLibrary.getInstance("c").getFunction("fcntl");

    private Fcntl() {}

    static int fcntl(int fd, int command, long argument) {
        return FCNTL.invokeInt(new Object[] {fd, command, argument});
    }
}
