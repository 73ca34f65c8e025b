package dev.gantry.server.grpc.v1;

import com.google.protobuf.ByteString;
import dev.gantry.model.Failure;
import dev.gantry.proto.v1.WindowSize;
import dev.gantry.runtime.ProcessStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the streams of a process to a client and back: a thread for each, which waits where its
 * peer does, so that neither a slow client nor a slow process costs more memory than a few pieces.
 *
 * @param <Q> a message of the client
 * @param <A> a message of the answer
 */
final class ProcessCall<Q, A> {
    /** What a client said, of what both kinds of calls have. */
    sealed interface Word {
        record Input(ByteString bytes) implements Word {}

        record EndOfInput() implements Word {}

        record Resize(WindowSize size) implements Word {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(ProcessCall.class);
    private static final int PIECE = 32 << 10;

    private final Requests<Q> requests;
    private final AnswerStream<A> answer;
    private final Function<Q, Word> words;
    private final ReentrantLock sending = new ReentrantLock();

    /**
     * @param words reads a message that is not the first; a Failure for a second start
     */
    ProcessCall(Requests<Q> requests, AnswerStream<A> answer, Function<Q, Word> words) {
        this.requests = requests;
        this.answer = answer;
        this.words = words;
    }

    /**
     * Carries until the process has ended and the client has all of its output; returns the exit
     * code. The streams stay the caller's to close.
     */
    int carry(
            ProcessStreams process, Function<ByteString, A> stdout, Function<ByteString, A> stderr)
            throws InterruptedException {
        List<Thread> outputs =
                List.of(
                        pump("stdout", process.stdout(), stdout),
                        pump("stderr", process.stderr(), stderr));
        Thread input = Thread.ofVirtual().name("stdin").start(() -> listen(process));
        try {
            int code = process.await();
            for (Thread output : outputs) {
                output.join();
            }
            return code;
        } finally {
            input.interrupt();
        }
    }

    /** Sends one message; safe for many threads. */
    void send(A message) throws InterruptedException {
        sending.lock();
        try {
            answer.send(message);
        } finally {
            sending.unlock();
        }
    }

    private Thread pump(String name, InputStream from, Function<ByteString, A> message) {
        return Thread.ofVirtual().name(name).start(() -> copy(name, from, message));
    }

    private void copy(String name, InputStream from, Function<ByteString, A> message) {
        byte[] buffer = new byte[PIECE];
        try {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                send(message.apply(ByteString.copyFrom(buffer, 0, n)));
            }
        } catch (IOException | Failure e) {
            LOG.atDebug()
                    .addKeyValue("stream", name)
                    .addKeyValue("error", e.getMessage())
                    .log("output ended");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes what the client says until its last word. A process that takes no more is let be. */
    private void listen(ProcessStreams process) {
        try {
            for (Optional<Q> next = requests.next(); next.isPresent(); next = requests.next()) {
                take(process, words.apply(next.get()));
            }
            close(process.stdin());
        } catch (Failure e) {
            // A connection that breaks is no end of the input: what came may be half of it.
            LOG.atDebug().addKeyValue("error", e.message()).log("input ended");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void take(ProcessStreams process, Word word) {
        switch (word) {
            case Word.Input(ByteString bytes) -> {
                try {
                    OutputStream stdin = process.stdin();
                    bytes.writeTo(stdin);
                    stdin.flush();
                } catch (IOException e) {
                    LOG.atDebug().addKeyValue("error", e.getMessage()).log("input is not taken");
                }
            }
            case Word.EndOfInput() -> close(process.stdin());
            case Word.Resize(WindowSize size) -> resize(process, size);
        }
    }

    /** A terminal that is just ending has no size any more, and nobody to miss it. */
    static void resize(ProcessStreams process, WindowSize size) {
        if (size.getRows() == 0 || size.getColumns() == 0) {
            return;
        }
        try {
            process.resize(size.getRows(), size.getColumns());
        } catch (Failure e) {
            LOG.atDebug().addKeyValue("error", e.message()).log("the terminal has no size");
        }
    }

    private static void close(OutputStream stdin) {
        try {
            stdin.close();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("close of an input");
        }
    }
}
