package dev.gantry.imagestore.archive;

import dev.gantry.linux.fs.NativeBuffer;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * Gzip members one after another (RFC 1952), each checked against its CRC and length. The JDK's
 * GZIPInputStream decides by {@code available()} whether another member follows, and so ends early
 * on a socket; and it takes any rubbish after a member for the end. Here only zeros may follow.
 */
final class GzipStream extends DirectStream {
    private static final int FHCRC = 2;
    private static final int FEXTRA = 4;
    private static final int FNAME = 8;
    private static final int FCOMMENT = 16;
    private static final int MAX_TEXT = 64 << 10;

    private static final int MOST_INPUT = 256 << 10;

    private final DirectStream in;
    private final RawInflater inflater;
    private final CRC32 crc = new CRC32();

    /**
     * The input; in front of it lies the end of the input before, which the inflater gives back.
     */
    private final NativeBuffer memory = new NativeBuffer(RawInflater.GIVEN_BACK + MOST_INPUT);

    private final ByteBuffer buffer = memory.bytes();
    private int at = RawInflater.GIVEN_BACK;
    private int end = RawInflater.GIVEN_BACK;
    private long length;
    private boolean finished;

    GzipStream(InputStream in) throws IOException {
        this(in, RawInflater.best());
    }

    /**
     * @param inflater is closed with the stream, and when this fails
     */
    GzipStream(InputStream in, RawInflater inflater) throws IOException {
        this.in = DirectStream.of(in);
        this.inflater = inflater;
        try {
            readHeader(nextByte());
        } catch (IOException | RuntimeException e) {
            free();
            throw e;
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        while (!finished) {
            int start = target.position();
            int count = inflate(target);
            if (count > 0) {
                crc.update(target.duplicate().flip().position(start));
                length += count;
                return count;
            }
            if (inflater.finished()) {
                endMember();
            } else if (!fill()) {
                throw Failure.invalid("gzip stream is truncated");
            } else {
                inflateFrom();
            }
        }
        return -1;
    }

    private int inflate(ByteBuffer target) {
        try {
            return inflater.inflate(target);
        } catch (Failure e) {
            throw e.during("gzip stream is corrupt");
        }
    }

    /** What was read goes to the inflater. */
    private void inflateFrom() {
        inflater.input(buffer.slice(at, end - at));
        at = end;
    }

    /** Reads more when all that was read is used up; false at the end. */
    private boolean fill() throws IOException {
        int behind = RawInflater.GIVEN_BACK;
        buffer.put(0, buffer, end - behind, behind);
        at = behind;
        end = behind + Math.max(in.read(buffer.clear().position(behind)), 0);
        return end > at;
    }

    private void endMember() throws IOException {
        at = end - inflater.remaining();
        if (littleEndian() != crc.getValue()) {
            throw Failure.invalid("gzip stream is corrupt: its checksum does not match");
        }
        if (littleEndian() != (length & 0xffffffffL)) {
            throw Failure.invalid("gzip stream is corrupt: its length does not match");
        }
        int next = nextOrEnd();
        if (next > 0) {
            crc.reset();
            length = 0;
            inflater.reset();
            readHeader(next);
            return;
        }
        while (next >= 0) {
            if (next > 0) {
                throw Failure.invalid("gzip stream is followed by bytes that are not gzip");
            }
            next = nextOrEnd();
        }
        finished = true;
    }

    private void readHeader(int first) throws IOException {
        if (first != 0x1f || nextByte() != 0x8b || nextByte() != 8) {
            throw Failure.invalid("gzip member has a bad header");
        }
        int flags = nextByte();
        skip(6);
        if ((flags & FEXTRA) != 0) {
            skip(nextByte() | nextByte() << 8);
        }
        if ((flags & FNAME) != 0) {
            skipText();
        }
        if ((flags & FCOMMENT) != 0) {
            skipText();
        }
        if ((flags & FHCRC) != 0) {
            skip(2);
        }
        inflateFrom();
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            nextByte();
        }
    }

    private void skipText() throws IOException {
        for (int i = 0; nextByte() != 0; i++) {
            if (i > MAX_TEXT) {
                throw Failure.invalid("gzip member has a name or comment over 64 KiB");
            }
        }
    }

    private long littleEndian() throws IOException {
        return nextByte() | nextByte() << 8 | nextByte() << 16 | (long) nextByte() << 24;
    }

    private int nextByte() throws IOException {
        int next = nextOrEnd();
        if (next < 0) {
            throw Failure.invalid("gzip stream is truncated");
        }
        return next;
    }

    private int nextOrEnd() throws IOException {
        return at == end && !fill() ? -1 : buffer.get(at++) & 0xff;
    }

    @Override
    public void close() throws IOException {
        free();
        in.close();
    }

    private void free() {
        inflater.close();
        memory.close();
    }
}
