package dev.gantry.linux.inflate;

import com.sun.jna.Memory;
import dev.gantry.model.Failure;
import java.nio.ByteBuffer;
import java.util.Objects;

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

    private final Memory state = new Memory(STATE_SIZE);
    private final Memory input;
    private final Memory output;
    private final ByteBuffer inputBytes;
    private final ByteBuffer outputBytes;
    private boolean finished;
    private boolean closed;

    /**
     * @param inputCapacity the most that is given at a time
     * @param outputCapacity the most that comes at a time
     */
    public IsalInflater(int inputCapacity, int outputCapacity) {
        this.input = new Memory(inputCapacity);
        this.output = new Memory(outputCapacity);
        this.inputBytes = input.getByteBuffer(0, input.size());
        this.outputBytes = output.getByteBuffer(0, output.size());
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
        state.setPointer(NEXT_IN, input);
        state.setInt(AVAIL_IN, 0);
        finished = false;
    }

    /** Gives it input, when it has none left, and at most the capacity. */
    public void input(byte[] bytes, int offset, int length) {
        checkOpen();
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length > inputBytes.capacity() || remaining() > 0) {
            throw new IllegalStateException("input does not fit");
        }
        inputBytes.put(0, bytes, offset, length);
        state.setPointer(NEXT_IN, input);
        state.setInt(AVAIL_IN, length);
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
     * The next bytes; 0 when there are none without more input, or at the end of the data.
     *
     * @throws Failure INVALID_ARGUMENT for data that are not deflate
     */
    public int inflate(byte[] target, int offset, int length) {
        checkOpen();
        Objects.checkFromIndexSize(offset, length, target.length);
        int room = Math.min(length, outputBytes.capacity());
        state.setPointer(NEXT_OUT, output);
        state.setInt(AVAIL_OUT, room);
        int result = LibIsal.isal_inflate(state);
        if (result < 0) {
            throw Failure.invalid(reason(result));
        }
        int count = room - state.getInt(AVAIL_OUT);
        outputBytes.get(0, target, offset, count);
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
        input.close();
        output.close();
    }
}
