package dev.gantry.linux.inflate;

import com.sun.jna.Memory;
import dev.gantry.model.Failure;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Inflates raw deflate data (RFC 1951) with Intel's ISA-L, which does it several times as fast as
 * zlib, on x86-64 and arm64. Its state is a structure that the caller owns; the offsets here are
 * those of version 2 of the library, and {@link #available} tries them out before anybody else
 * does. For one thread; close it, since its memory is not the collector's.
 */
public final class IsalInflater implements AutoCloseable {
    /** {@code sizeof(struct inflate_state)} is 87368 in 2.30, and may grow at its end. */
    private static final int STATE_SIZE = 256 << 10;

    private static final int NEXT_OUT = 0;
    private static final int AVAIL_OUT = 8;
    private static final int NEXT_IN = 16;
    private static final int AVAIL_IN = 32;
    private static final int READ_IN_LENGTH = 36;
    private static final int BLOCK_STATE = 21160;

    /** ISAL_BLOCK_FINISH: the data ended, and all of it was put out. */
    private static final int FINISHED = 5;

    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(1).limit(0);

    private final Memory state = new Memory(STATE_SIZE);
    private ByteBuffer input = NOTHING;
    private boolean finished;
    private boolean closed;

    public IsalInflater() {
        state.clear();
        reset();
    }

    /** Whether the library is installed and does on this machine what it should; asked once. */
    public static boolean available() {
        return SelfTest.PASSED;
    }

    /** Begins anew, with the next stream; there is no input. */
    public void reset() {
        checkOpen();
        LibIsal.isal_inflate_init(state);
        give(NOTHING);
        finished = false;
    }

    /**
     * Gives it input, when it has none left.
     *
     * @param bytes a direct buffer, which must stay as it is until all is used or another is given;
     *     its position does not move
     */
    public void input(ByteBuffer bytes) {
        checkOpen();
        if (!bytes.isDirect() || remaining() > 0) {
            throw new IllegalStateException("input that cannot be taken");
        }
        give(bytes);
    }

    private void give(ByteBuffer bytes) {
        input = bytes;
        state.setLong(NEXT_IN, MemorySegment.ofBuffer(bytes).address());
        state.setInt(AVAIL_IN, bytes.remaining());
    }

    /**
     * How much of the input was not needed; after the end of the data, this may be up to eight
     * bytes more than was given last, and then the rest is the end of what was given before.
     */
    public int remaining() {
        checkOpen();
        int unread = state.getInt(AVAIL_IN);
        // Newer versions give the whole bytes of the bit buffer back by moving next_in, to before
        // the input if need be; older ones leave them in there.
        return finished ? unread + state.getInt(READ_IN_LENGTH) / 8 : unread;
    }

    /** Whether the data ended, and all of it was put out. */
    public boolean finished() {
        return finished;
    }

    /**
     * Puts the next bytes into a direct buffer, whose position moves; answers how many, 0 when
     * there are none without more input, or at the end of the data.
     *
     * @throws Failure INVALID_ARGUMENT for data that are not deflate
     */
    public int inflate(ByteBuffer target) {
        checkOpen();
        if (!target.isDirect() || target.isReadOnly()) {
            throw new IllegalArgumentException("a buffer that cannot be filled");
        }
        int room = target.remaining();
        state.setLong(NEXT_OUT, MemorySegment.ofBuffer(target).address());
        state.setInt(AVAIL_OUT, room);
        int result;
        try {
            result = LibIsal.isal_inflate(state);
        } finally {
            Reference.reachabilityFence(target);
            Reference.reachabilityFence(input);
        }
        if (result < 0) {
            throw Failure.invalid(reason(result));
        }
        int count = room - state.getInt(AVAIL_OUT);
        target.position(target.position() + count);
        finished = state.getInt(BLOCK_STATE) == FINISHED;
        return count;
    }

    private static String reason(int result) {
        return switch (result) {
            case -1 -> "invalid block";
            case -2 -> "invalid symbol";
            case -3 -> "invalid distance too far back";
            default -> "error " + result;
        };
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("inflater is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        state.close();
    }
}
