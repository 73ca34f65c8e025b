package dev.gantry.cli.terminal;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * How large the window of a terminal is, at one of this process' descriptors: asked when it is
 * first needed, and again when it has changed.
 */
public final class Window implements Supplier<Terminal.Size> {
    /** What is believed of a terminal that does not know it. */
    public static final Terminal.Size USUAL = new Terminal.Size(80, 24);

    private final int descriptor;
    private final AtomicReference<Optional<Terminal.Size>> known =
            new AtomicReference<>(Optional.empty());

    /** The window of the terminal that is this descriptor. */
    public Window(int descriptor) {
        this.descriptor = descriptor;
    }

    @Override
    public Terminal.Size get() {
        Optional<Terminal.Size> size = known.get();
        if (size.isEmpty()) {
            size = Optional.of(ask());
            known.set(size);
        }
        return size.get();
    }

    /** Has changes of the window noticed, for the rest of this process' life. */
    public Window watched() {
        var _ = Signals.on(List.of("WINCH"), _ -> known.set(Optional.empty()));
        return this;
    }

    private Terminal.Size ask() {
        Terminal.Size size = Terminal.size(descriptor);
        return size.columns() > 0 && size.rows() > 0 ? size : USUAL;
    }
}
