package dev.gantry.linux.fs;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * A path or a name as the kernel has it: bytes without NUL, in no particular encoding. An image
 * made on a Latin-1 machine keeps its names.
 */
public final class PathBytes implements Comparable<PathBytes> {
    /** The longest path that a system call takes, its NUL not counted (limits.h, PATH_MAX). */
    public static final int MAX_PATH = 4095;

    /** The longest name of one directory entry (limits.h, NAME_MAX). */
    public static final int MAX_NAME = 255;

    public static final PathBytes EMPTY = new PathBytes(new byte[0]);

    private final byte[] bytes;

    private PathBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A copy of the bytes.
     *
     * @throws IllegalArgumentException when they hold a NUL
     */
    public static PathBytes of(byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a path cannot hold a NUL byte");
            }
        }
        return new PathBytes(bytes.clone());
    }

    /** The UTF-8 bytes of a string. */
    public static PathBytes of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Names joined by slashes. */
    public static PathBytes join(Collection<PathBytes> names) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (PathBytes name : names) {
            if (joined.size() > 0) {
                joined.write('/');
            }
            joined.writeBytes(name.bytes);
        }
        return new PathBytes(joined.toByteArray());
    }

    /** The components between slashes, empty ones and {@code .} left out, {@code ..} kept. */
    public List<PathBytes> components() {
        List<PathBytes> components = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                if (i > start && !(i == start + 1 && bytes[start] == '.')) {
                    components.add(new PathBytes(Arrays.copyOfRange(bytes, start, i)));
                }
                start = i + 1;
            }
        }
        return components;
    }

    public boolean isAbsolute() {
        return bytes.length > 0 && bytes[0] == '/';
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    public boolean isDotDot() {
        return bytes.length == 2 && bytes[0] == '.' && bytes[1] == '.';
    }

    /** Whether it is one component that names an entry: no slash, not empty, dot or dot-dot. */
    public boolean isName() {
        for (byte b : bytes) {
            if (b == '/') {
                return false;
            }
        }
        return bytes.length > 0 && !isDotDot() && !(bytes.length == 1 && bytes[0] == '.');
    }

    public boolean startsWith(PathBytes prefix) {
        return bytes.length >= prefix.bytes.length
                && Arrays.equals(
                        bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
    }

    /** What follows the first {@code count} bytes. */
    public PathBytes from(int count) {
        return new PathBytes(Arrays.copyOfRange(bytes, count, bytes.length));
    }

    public int length() {
        return bytes.length;
    }

    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** The bytes and a NUL, for a system call. */
    byte[] terminated() {
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /**
     * The path as a message shows it: what is not printable UTF-8 as {@code \xNN}, 200 bytes at
     * most.
     */
    @Override
    public String toString() {
        return Printable.of(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public int compareTo(PathBytes other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }
}
