package dev.gantry.cli;

import dev.gantry.cli.format.Out;
import java.util.List;

/** The process {@code gantry}. */
public final class Gantry {
    private Gantry() {}

    /** Runs one command line and exits with its code. */
    public static void main(String[] args) {
        Out out = Out.standard();
        int code = new Cli(out, System.getenv()).run(List.of(args));
        out.exit(code);
    }
}
