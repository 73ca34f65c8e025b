package dev.gantry.cli.verb.system;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.help.ManPage;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.cli.verb.Verbs;
import java.io.IOException;
import java.nio.file.Path;

/** {@code gantry system man DIR}. */
public final class ManPages extends Declaration.Declared {
    /** The verb. */
    public ManPages() {
        super(
                new Declaration(
                                "system man",
                                "Write the man pages of all commands into a directory")
                        .words(Arity.exactly(1), "DIRECTORY", Completes.FILES)
                        .example(
                                "Where man looks for them",
                                "gantry system man /usr/local/share/man/man1"));
    }

    @Override
    public int run(Call call) {
        Path dir = Path.of(call.args().word(0));
        try {
            ManPage.writeAll(new Verbs(), dir);
            return 0;
        } catch (IOException e) {
            throw new CliFailure("cannot write man pages into %s: %s".formatted(dir, e), e);
        }
    }
}
