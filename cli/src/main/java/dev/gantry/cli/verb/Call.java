package dev.gantry.cli.verb;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.connect.Connection;
import dev.gantry.cli.connect.Failures;
import dev.gantry.cli.connect.Places;
import dev.gantry.cli.format.Out;
import io.grpc.Status;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One call of a verb: what was typed, where its output goes, and the daemon, once it is asked for.
 */
public final class Call {
    private final Arguments arguments;
    private final Out out;
    private final Places places;
    private final Supplier<Connection> connect;

    /**
     * A call; {@code connect} answers the same connection each time, and makes it the first time.
     */
    public Call(Arguments arguments, Out out, Places places, Supplier<Connection> connect) {
        this.arguments = arguments;
        this.out = out;
        this.places = places;
        this.connect = connect;
    }

    /** What was typed after the verb's name. */
    public Arguments args() {
        return arguments;
    }

    /** Where its output goes. */
    public Out out() {
        return out;
    }

    /** Files and variables of the user. */
    public Places places() {
        return places;
    }

    /** The daemon. Nothing is sent before the first call. */
    public Connection daemon() {
        return connect.get();
    }

    /**
     * Does something for each of the words, goes on when one fails, and says each failure, as
     * docker does.
     *
     * @return the exit code: 1 when any failed
     */
    public int forEach(Iterable<String> words, Consumer<String> action) {
        return forEach(words, /* lenient= */ false, action);
    }

    /**
     * The same, and what is not there is said, but is no failure: of {@code --force}.
     *
     * @param lenient whether that holds
     */
    public int forEach(Iterable<String> words, boolean lenient, Consumer<String> action) {
        int code = 0;
        for (String word : words) {
            try {
                action.accept(word);
            } catch (RuntimeException e) {
                out.flush();
                out.error(Failures.words(e, connect));
                if (!lenient || Status.fromThrowable(e).getCode() != Status.Code.NOT_FOUND) {
                    code = 1;
                }
            }
        }
        return code;
    }
}
