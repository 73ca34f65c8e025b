package dev.gantry.cli.stream;

import com.google.protobuf.ByteString;
import dev.gantry.cli.CliFailure;
import dev.gantry.cli.format.Out;
import dev.gantry.cli.run.Reasons;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Files, or standard input and output, that go through calls. */
public final class Transfers {
    private static final int CHUNK = 256 << 10;

    private Transfers() {}

    /**
     * Writes pieces to a file, which is there only when all of them came, or to standard output.
     */
    public static <R> void write(
            Out out, Optional<String> file, Iterator<R> pieces, Function<R, ByteString> data) {
        if (file.isEmpty() && out.terminal()) {
            throw new CliFailure(
                    "cowardly refusing to save to a terminal: use -o FILE or redirect the output");
        }
        try {
            if (file.isEmpty()) {
                copy(pieces, data, out.stream());
                out.stream().flush();
                return;
            }
            Path target = Path.of(file.get()).toAbsolutePath();
            if (Files.exists(target) && !Files.isRegularFile(target)) {
                try (OutputStream to = Files.newOutputStream(target)) {
                    copy(pieces, data, to);
                }
                return;
            }
            Path temporary = Files.createTempFile(target.getParent(), ".gantry-", ".tmp");
            try {
                try (OutputStream to = Files.newOutputStream(temporary)) {
                    copy(pieces, data, to);
                }
                Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new CliFailure(
                    "cannot write " + file.orElse("the output") + ": " + Reasons.of(e), e);
        }
    }

    private static <R> void copy(Iterator<R> pieces, Function<R, ByteString> data, OutputStream to)
            throws IOException {
        while (pieces.hasNext()) {
            data.apply(pieces.next()).writeTo(to);
        }
    }

    /** What is sent. */
    public interface Body {
        /** Writes all of it. */
        void write(OutputStream to) throws IOException;
    }

    /** Sends a file, or standard input, after a first message, and returns the answer. */
    public static <Q, R> R send(
            Channel daemon,
            MethodDescriptor<Q, R> method,
            Optional<Q> first,
            Optional<String> file,
            Function<ByteString, Q> piece)
            throws InterruptedException {
        try (InputStream from =
                file.isPresent()
                        ? Files.newInputStream(Path.of(file.get()))
                        : new FileInputStream(FileDescriptor.in)) {
            return send(daemon, method, first, from::transferTo, piece);
        } catch (IOException e) {
            throw new CliFailure(
                    "cannot read " + file.orElse("the input") + ": " + Reasons.of(e), e);
        }
    }

    /** Sends a first message and a body, and returns the answer. */
    public static <Q, R> R send(
            Channel daemon,
            MethodDescriptor<Q, R> method,
            Optional<Q> first,
            Body body,
            Function<ByteString, Q> piece)
            throws IOException, InterruptedException {
        BlockingClientCall<Q, R> call =
                ClientCalls.blockingClientStreamingCall(daemon, method, CallOptions.DEFAULT);
        Pieces<Q> pieces = new Pieces<>(call, piece);
        try (OutputStream to = new BufferedOutputStream(pieces, CHUNK)) {
            if (first.isEmpty() || call.write(first.get())) {
                body.write(to);
            }
        } catch (StatusException e) {
            throw e.getStatus().asRuntimeException(e.getTrailers());
        } catch (IOException | RuntimeException e) {
            if (!pieces.refused) {
                call.cancel("the input cannot be read", e);
                throw e;
            }
            // The daemon has ended the call, and says below why.
        }
        try {
            call.halfClose();
            @Nullable R answer = call.read();
            if (answer == null) {
                throw Status.UNAVAILABLE
                        .withDescription("the daemon gave no answer")
                        .asRuntimeException();
            }
            return answer;
        } catch (StatusException e) {
            throw e.getStatus().asRuntimeException(e.getTrailers());
        }
    }

    private static final class Pieces<Q> extends OutputStream {
        private final BlockingClientCall<Q, ?> call;
        private final Function<ByteString, Q> piece;
        private boolean refused;

        Pieces(BlockingClientCall<Q, ?> call, Function<ByteString, Q> piece) {
            this.call = call;
            this.piece = piece;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                refused |= !call.write(piece.apply(ByteString.copyFrom(bytes, offset, length)));
            } catch (StatusException | IllegalStateException e) {
                refused = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while sending");
            }
            if (refused) {
                throw new IOException("the daemon takes no more");
            }
        }
    }
}
