package dev.gantry.linux.quota;

import dev.gantry.linux.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The project of a directory (struct fsxattr, linux/fs.h): 0 is that of whoever has no other. */
public final class DirectoryProject {
    private static final long GET = 0x801c581fL;
    private static final long SET = 0x401c5820L;
    private static final int SIZE = 28;
    private static final int FLAGS = 0;
    private static final int PROJECT = 12;
    private static final int INHERIT = 0x200;

    private DirectoryProject() {}

    /** EOPNOTSUPP, ENOTTY or EINVAL where the file system has no projects. */
    public static long of(Path directory) throws ErrnoException {
        return Integer.toUnsignedLong(QuotaCalls.view(read(directory)).getInt(PROJECT));
    }

    /** Gives a directory to a project, and with it all that is made in it from now on. */
    public static void set(Path directory, long id) throws ErrnoException {
        byte[] attributes = read(directory);
        ByteBuffer view = QuotaCalls.view(attributes);
        view.putInt(FLAGS, view.getInt(FLAGS) | INHERIT);
        view.putInt(PROJECT, (int) id);
        QuotaCalls.control(directory, SET, attributes, "give to project " + id + " the directory");
    }

    private static byte[] read(Path directory) throws ErrnoException {
        byte[] attributes = new byte[SIZE];
        QuotaCalls.control(directory, GET, attributes, "get the project of");
        return attributes;
    }
}
