package dev.gantry.cli.verb.system;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code gantry completion bash|zsh|fish}. */
public final class CompletionVerb extends Declaration.Declared {
    private static final List<String> SHELLS = List.of("bash", "fish", "zsh");

    /** The verb. */
    public CompletionVerb() {
        super(
                new Declaration("completion", "Print the completion script of a shell")
                        .words(Arity.exactly(1), "bash|zsh|fish", Completes.NOTHING)
                        .example("For this bash", "source <(gantry completion bash)")
                        .example(
                                "For all of fish",
                                "gantry completion fish > ~/.config/fish/completions/gantry.fish"));
    }

    @Override
    public int run(Call call) {
        String shell = call.args().word(0);
        if (!SHELLS.contains(shell)) {
            throw new CliFailure(
                    "no completion for \"%s\": there is bash, zsh and fish".formatted(shell));
        }
        try (InputStream script = CompletionVerb.class.getResourceAsStream("completion." + shell)) {
            if (script == null) {
                throw new CliFailure("the completion for " + shell + " is missing from this build");
            }
            call.out().print(new String(script.readAllBytes(), StandardCharsets.UTF_8));
            return 0;
        } catch (IOException e) {
            throw new CliFailure("cannot read the completion for " + shell, e);
        }
    }
}
