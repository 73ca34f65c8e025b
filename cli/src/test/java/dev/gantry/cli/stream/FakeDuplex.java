package dev.gantry.cli.stream;

import com.google.protobuf.ByteString;
import dev.gantry.cli.terminal.Terminal;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** A call whose answers a test makes. */
final class FakeDuplex implements Duplex {
    /** What was sent, in words. */
    final List<String> sent = new CopyOnWriteArrayList<>();

    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final Answer afterInput;

    /** Answers {@code first}, and {@code afterInput} when the input has ended. */
    FakeDuplex(List<Answer> first, Answer afterInput) {
        answers.addAll(first);
        this.afterInput = afterInput;
    }

    @Override
    public boolean stdin(ByteString data) {
        sent.add(data.toStringUtf8());
        return true;
    }

    @Override
    public void closeStdin() {
        sent.add("<end>");
        answers.add(afterInput);
    }

    @Override
    public void resize(Terminal.Size size) {
        sent.add("<" + size.columns() + "x" + size.rows() + ">");
    }

    @Override
    public Answer next() throws InterruptedException {
        Answer answer = answers.take();
        if (answer instanceof Answer.Exited(int code) && code == Integer.MIN_VALUE) {
            throw Status.CANCELLED.asRuntimeException();
        }
        return answer;
    }

    @Override
    public void cancel() {
        sent.add("<cancel>");
        answers.add(new Answer.Exited(Integer.MIN_VALUE));
    }
}
