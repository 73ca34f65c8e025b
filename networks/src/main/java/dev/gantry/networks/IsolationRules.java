package dev.gantry.networks;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules of CNI's plugin {@code firewall} that keep a bridge from others ({@code ingressPolicy:
 * same-bridge}). The plugin adds them with the first container of a bridge and has no word for
 * taking them away, so they go with the network here. Its chains stay: other runtimes share them.
 */
final class IsolationRules {
    private static final Logger LOG = LoggerFactory.getLogger(IsolationRules.class);
    private static final List<String> PROGRAMS = List.of("iptables", "ip6tables");
    private static final List<String> CHAINS =
            List.of("CNI-ISOLATION-STAGE-1", "CNI-ISOLATION-STAGE-2");

    /** A word of a rule as the program lists it: quoted where it has blanks. */
    private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S+)");

    /** For the lock that programs of this kind share. */
    private static final String PATIENCE_SECONDS = "10";

    private IsolationRules() {}

    /** Removes those of a bridge; none is no error, nor is a node without the programs. */
    static void remove(String bridge) {
        for (String program : PROGRAMS) {
            for (String chain : CHAINS) {
                for (List<String> rule : of(bridge, run(program, List.of("-S", chain)))) {
                    List<String> words = new ArrayList<>(rule);
                    words.set(0, "-D");
                    run(program, words);
                }
            }
        }
    }

    /** The rules that name the bridge among those listed, as words. */
    static List<List<String>> of(String bridge, List<String> listed) {
        return listed.stream()
                .map(IsolationRules::words)
                .filter(w -> w.size() > 2 && w.getFirst().equals("-A"))
                .filter(w -> names(w, "-i", bridge) || names(w, "-o", bridge))
                .toList();
    }

    private static boolean names(List<String> words, String option, String bridge) {
        int at = words.indexOf(option);
        return at >= 0 && at + 1 < words.size() && words.get(at + 1).equals(bridge);
    }

    private static List<String> words(String rule) {
        return WORD.matcher(rule).results().map(IsolationRules::word).toList();
    }

    private static String word(MatchResult found) {
        String quoted = found.group(1);
        return quoted == null ? found.group(2) : quoted.replaceAll("\\\\(.)", "$1");
    }

    /** What it prints; nothing when it refuses, as it does for a chain that is not there. */
    private static List<String> run(String program, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(program, "-w", PATIENCE_SECONDS));
        command.addAll(arguments);
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? said.lines().toList() : List.of();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("no isolation rules");
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted", e);
        }
    }
}
