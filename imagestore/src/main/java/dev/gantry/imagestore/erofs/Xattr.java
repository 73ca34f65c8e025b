package dev.gantry.imagestore.erofs;

import dev.gantry.linux.fs.XattrName;
import dev.gantry.model.Failure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Extended attributes as they stand behind an inode (erofs_xattr_ibody_header and its entries). */
public final class Xattr {
    /** Of the header in front of them. */
    static final int HEADER = 12;

    private static final int ENTRY = 4;
    private static final int MAX_VALUE = 0xffff;
    private static final int MAX_AREA = HEADER + 4 * 0xfffe;

    private Xattr() {}

    /**
     * The prefix of a name by its number, and what follows it.
     *
     * @param index of enum erofs_xattr_prefix
     */
    public record Name(int index, String rest) implements Comparable<Name> {
        public static final Name OPAQUE = of(XattrName.OVERLAY_OPAQUE);

        /** Names are bytes: each char is one. */
        public static Name of(XattrName name) {
            String whole =
                    new String(
                            name.bytes().toByteArray(),
                            java.nio.charset.StandardCharsets.ISO_8859_1);
            if (whole.equals("system.posix_acl_access")) {
                return new Name(2, "");
            }
            if (whole.equals("system.posix_acl_default")) {
                return new Name(3, "");
            }
            String rest = whole.substring(whole.indexOf('.') + 1);
            if (whole.startsWith("user.")) {
                return new Name(1, rest);
            }
            if (whole.startsWith("trusted.")) {
                return new Name(4, rest);
            }
            if (whole.startsWith("security.")) {
                return new Name(6, rest);
            }
            throw Failure.invalid("xattr \"" + name + "\" is of no kind that an image can hold");
        }

        @Override
        public int compareTo(Name other) {
            int first = Integer.compare(index, other.index);
            return first != 0 ? first : rest.compareTo(other.rest);
        }
    }

    /** The whole area: nothing at all when there are none. */
    static byte[] area(Map<Name, byte[]> xattrs) {
        if (xattrs.isEmpty()) {
            return new byte[0];
        }
        byte[] entries = entries(xattrs);
        return ByteBuffer.allocate(HEADER + entries.length).put(HEADER, entries).array();
    }

    /** The entries without a header, in the order of their names. */
    static byte[] entries(Map<Name, byte[]> xattrs) {
        long size = HEADER;
        for (Map.Entry<Name, byte[]> xattr : xattrs.entrySet()) {
            if (xattr.getValue().length > MAX_VALUE) {
                throw Failure.invalid(
                        "xattr of %d bytes is over the limit of %d"
                                .formatted(xattr.getValue().length, MAX_VALUE));
            }
            size += size(xattr.getKey(), xattr.getValue());
        }
        if (size > MAX_AREA) {
            throw Failure.invalid("xattrs of one file are over the limit of " + MAX_AREA);
        }
        ByteBuffer entries = ByteBuffer.allocate((int) size - HEADER);
        entries.order(ByteOrder.LITTLE_ENDIAN);
        for (Map.Entry<Name, byte[]> xattr : new TreeMap<>(xattrs).entrySet()) {
            put(entries, xattr.getKey(), xattr.getValue());
        }
        return entries.array();
    }

    /** Bytes that one takes, padding included. */
    static int size(Name name, byte[] value) {
        return (ENTRY + name.rest().length() + value.length + 3) & ~3;
    }

    private static void put(ByteBuffer to, Name name, byte[] value) {
        int end = to.position() + size(name, value);
        to.put((byte) name.rest().length()).put((byte) name.index());
        to.putShort((short) value.length);
        to.put(name.rest().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)).put(value);
        to.position(end);
    }

    /** What an inode says of an area's length (i_xattr_icount). */
    static int count(int area) {
        return area == 0 ? 0 : (area - HEADER) / 4 + 1;
    }

    /** The header of an area whose first entries are kept elsewhere, and their ids. */
    static byte[] sharing(int[] ids, byte[] entries) {
        ByteBuffer area = ByteBuffer.allocate(HEADER + 4 * ids.length + entries.length);
        area.order(ByteOrder.LITTLE_ENDIAN).put(4, (byte) ids.length).position(HEADER);
        Arrays.stream(ids).forEach(area::putInt);
        area.put(entries);
        return area.array();
    }
}
