package dev.gantry.imagestore.layers;

import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.XattrName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A POSIX ACL as an xattr holds it (kernel, posix_acl_xattr.h): a version and entries of tag,
 * permissions and id. The rules are those of posix_acl_valid and posix_acl_chmod.
 */
final class PosixAcl {
    private static final int VERSION = 2;
    private static final int HEADER = 4;
    private static final int ENTRY = 8;

    private static final int USER_OBJ = 0x01;
    private static final int USER = 0x02;
    private static final int GROUP_OBJ = 0x04;
    private static final int GROUP = 0x08;
    private static final int MASK = 0x10;
    private static final int OTHER = 0x20;

    private final byte[] bytes;
    private final ByteBuffer acl;

    private PosixAcl(byte[] bytes) {
        this.bytes = bytes;
        this.acl = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Empty for a value without entries, and for a version that the kernel does not support. */
    static Optional<PosixAcl> of(XattrName name, byte[] value) throws ErrnoException {
        if (value.length == 0) {
            return Optional.empty();
        }
        if (value.length < HEADER) {
            throw new ErrnoException("set xattr " + name, Errno.EINVAL);
        }
        PosixAcl acl = new PosixAcl(value.clone());
        if (acl.acl.getInt(0) != VERSION) {
            return Optional.empty();
        }
        if ((value.length - HEADER) % ENTRY != 0 || !(value.length == HEADER || acl.isValid())) {
            throw new ErrnoException("set xattr " + name, Errno.EINVAL);
        }
        return value.length == HEADER ? Optional.empty() : Optional.of(acl);
    }

    private int entries() {
        return (bytes.length - HEADER) / ENTRY;
    }

    private int tag(int entry) {
        return acl.getShort(HEADER + ENTRY * entry) & 0xffff;
    }

    /** Owner, users, group, groups, mask and others in that order; a mask where it is needed. */
    private boolean isValid() {
        int last = 0;
        boolean needsMask = false;
        boolean masked = false;
        for (int i = 0; i < entries(); i++) {
            int tag = tag(i);
            boolean named = tag == USER || tag == GROUP;
            boolean follows =
                    switch (tag) {
                        case USER_OBJ -> last == 0;
                        case USER, GROUP_OBJ -> last == USER_OBJ || last == USER;
                        case GROUP, MASK -> last == GROUP_OBJ || last == GROUP;
                        case OTHER -> last == MASK || last == GROUP_OBJ;
                        default -> false;
                    };
            boolean known = !named || acl.getInt(HEADER + ENTRY * i + 4) != -1;
            if (!follows || !known || acl.getShort(HEADER + ENTRY * i + 2) >>> 3 != 0) {
                return false;
            }
            needsMask |= named;
            masked |= tag == MASK;
            last = tag;
        }
        return last == OTHER && (masked || !needsMask);
    }

    /** The ACL after a chmod; empty when it then says no more than the mode. */
    Optional<byte[]> withMode(int mode) {
        boolean masked = false;
        for (int i = 0; i < entries(); i++) {
            masked |= tag(i) == MASK;
        }
        boolean more = masked;
        for (int i = 0; i < entries(); i++) {
            switch (tag(i)) {
                case USER_OBJ -> permit(i, mode >> 6);
                case OTHER -> permit(i, mode);
                case MASK -> permit(i, mode >> 3);
                case GROUP_OBJ -> {
                    if (!masked) {
                        permit(i, mode >> 3);
                    }
                }
                default -> more = true;
            }
        }
        return more ? Optional.of(bytes) : Optional.empty();
    }

    private void permit(int entry, int permissions) {
        acl.putShort(HEADER + ENTRY * entry + 2, (short) (permissions & 7));
    }

    byte[] bytes() {
        return bytes;
    }

    /** Whether a value is one that the kernel takes for security.capability: version 2 or 3. */
    static boolean isCapability(byte[] value) {
        if (value.length == 0) {
            return true;
        }
        if (value.length < HEADER) {
            return false;
        }
        int revision = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt(0) >>> 24;
        return (value.length == 20 && revision == 2) || (value.length == 24 && revision == 3);
    }
}
