package dev.gantry.imagestore.archive;

import dev.gantry.linux.inflate.IsalInflater;
import dev.gantry.model.Failure;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.slf4j.LoggerFactory;

/** What inflates raw deflate data (RFC 1951): ISA-L where it is installed, else the JDK's zlib. */
abstract sealed class RawInflater implements AutoCloseable {
    /** The most by which {@link #remaining} may exceed the input that was given last. */
    static final int GIVEN_BACK = 8;

    /**
     * Gives it input, when all before was taken: a direct buffer of nobody else's until all of this
     * is taken, too.
     */
    abstract void input(ByteBuffer bytes);

    /**
     * Puts the next bytes into a direct buffer; answers how many, 0 when there are none without
     * more input, or at the end of the data.
     */
    abstract int inflate(ByteBuffer target);

    /** Whether the data ended and all of it was put out. */
    abstract boolean finished();

    /** How many bytes of the input came after the end of the data. */
    abstract int remaining();

    /** Begins anew. */
    abstract void reset();

    @Override
    public abstract void close();

    /** The fastest that works on this machine. */
    static RawInflater best() {
        return Choice.ISAL ? new Isal() : new Zlib();
    }

    /** Made at the first use, and told to the log. */
    private static final class Choice {
        static final boolean ISAL = IsalInflater.available();

        static {
            LoggerFactory.getLogger(RawInflater.class)
                    .atInfo()
                    .addKeyValue("inflater", ISAL ? "isa-l" : "zlib")
                    .log(
                            ISAL
                                    ? "gzip layers are inflated by ISA-L"
                                    : "gzip layers are inflated by zlib; libisal.so.2 (Debian's"
                                            + " libisal2) would take a third of the time");
        }
    }

    /** By ISA-L. */
    static final class Isal extends RawInflater {
        private final IsalInflater inflater = new IsalInflater();

        @Override
        void input(ByteBuffer bytes) {
            inflater.input(bytes);
        }

        @Override
        int inflate(ByteBuffer target) {
            return inflater.inflate(target);
        }

        @Override
        boolean finished() {
            return inflater.finished();
        }

        @Override
        int remaining() {
            return inflater.remaining();
        }

        @Override
        void reset() {
            inflater.reset();
        }

        @Override
        public void close() {
            inflater.close();
        }
    }

    /** By the JDK. */
    static final class Zlib extends RawInflater {
        private final Inflater inflater = new Inflater(true);

        @Override
        void input(ByteBuffer bytes) {
            inflater.setInput(bytes);
        }

        @Override
        int inflate(ByteBuffer target) {
            try {
                int count = inflater.inflate(target);
                if (count == 0 && inflater.needsDictionary()) {
                    throw Failure.invalid("it asks for a preset dictionary");
                }
                return count;
            } catch (DataFormatException e) {
                String reason = e.getMessage() == null ? "bad data" : e.getMessage();
                throw new Failure(Failure.Code.INVALID_ARGUMENT, reason, e);
            }
        }

        @Override
        boolean finished() {
            return inflater.finished();
        }

        @Override
        int remaining() {
            return inflater.getRemaining();
        }

        @Override
        void reset() {
            inflater.reset();
        }

        @Override
        public void close() {
            inflater.end();
        }
    }
}
