package dev.gantry.cli.help;

import dev.gantry.cli.Globals;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.verb.Verb;
import dev.gantry.cli.verb.Verbs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Man pages (roff, man(7)) from what the verbs declare. */
public final class ManPage {
    private ManPage() {}

    /**
     * Writes a page for the command, one for each verb, and one for each alias that leads to it.
     */
    public static void writeAll(Verbs verbs, Path dir) throws IOException {
        Files.createDirectories(dir);
        for (Verb verb : verbs.all().filter(v -> !v.hidden()).toList()) {
            Files.writeString(dir.resolve(file(verb.path())), of(verb));
            for (String alias : verb.aliases()) {
                Files.writeString(dir.resolve(file(alias)), ".so man1/" + file(verb.path()) + "\n");
            }
        }
        Files.writeString(dir.resolve("gantry.1"), overview(verbs));
    }

    private static String file(String path) {
        return dashed(path) + ".1";
    }

    private static String dashed(String path) {
        return "gantry-" + path.replace(' ', '-');
    }

    /** The page of a verb. */
    public static String of(Verb verb) {
        StringBuilder page = head(dashed(verb.path()), verb.summary());
        String name = HelpText.shortName(verb).orElse(verb.path());
        page.append(".SH SYNOPSIS\n.B gantry ").append(text(name)).append("\n");
        page.append(text(verb.usage())).append("\n");
        page.append(".SH DESCRIPTION\n").append(text(verb.summary())).append(".\n");
        if (!verb.description().isEmpty()) {
            page.append(".PP\n").append(text(verb.description().strip())).append("\n");
        }
        if (!verb.aliases().isEmpty()) {
            page.append(".PP\nThe same as: ");
            page.append(text(String.join(", ", verb.aliases()))).append(".\n");
        }
        if (!verb.options().shown().isEmpty()) {
            page.append(".SH OPTIONS\n");
            verb.options().shown().forEach(option -> option(option, page));
        }
        page.append(".SH EXAMPLES\n");
        verb.examples()
                .forEach(
                        example ->
                                page.append(".PP\n")
                                        .append(text(example.does()))
                                        .append(":\n.PP\n.RS\n.nf\n")
                                        .append(text(example.line()))
                                        .append("\n.fi\n.RE\n"));
        return page.append(".SH SEE ALSO\n.BR gantry (1)\n").toString();
    }

    private static String overview(Verbs verbs) {
        StringBuilder page =
                head(
                        "gantry",
                        "containers, images, networks and volumes, and kubelet's pods beside them");
        page.append(".SH SYNOPSIS\n.B gantry\n[OPTIONS] COMMAND [ARG...]\n.SH OPTIONS\n");
        Globals.OPTIONS.shown().forEach(option -> option(option, page));
        page.append(".SH COMMANDS\n");
        verbs.all()
                .filter(verb -> !verb.hidden())
                .forEach(
                        verb ->
                                page.append(".TP\n.BR ")
                                        .append(text(dashed(verb.path())))
                                        .append(" (1)\n")
                                        .append(text(verb.summary()))
                                        .append("\n"));
        page.append(".SH ENVIRONMENT\n");
        page.append(".TP\n.B GANTRY_HOST\nThe daemon, as in \\-\\-host.\n");
        page.append(".TP\n.B GANTRY_CONTEXT\nThe context, as in \\-\\-context.\n");
        page.append(".TP\n.B GANTRY_CERT_PATH\nA directory with ca.pem, cert.pem and key.pem.\n");
        page.append(".TP\n.B GANTRY_TLS_VERIFY\nWhen set, use TLS and verify the daemon.\n");
        page.append(".TP\n.B GANTRY_CONFIG\nThe directory of the client's files.\n");
        page.append(".TP\n.B NO_COLOR\nWhen set, no colours.\n");
        page.append(".SH FILES\n.TP\n.I ~/.config/gantry\nContexts.\n");
        page.append(".TP\n.I /run/gantry/gantry.sock\nWhere the daemon listens.\n");
        return page.toString();
    }

    private static StringBuilder head(String name, String summary) {
        return new StringBuilder(".TH ")
                .append(name.toUpperCase(Locale.ROOT))
                .append(" 1 \"\" \"Gantry\" \"Gantry\"\n.SH NAME\n")
                .append(text(name))
                .append(" \\- ")
                .append(text(summary))
                .append("\n");
    }

    private static void option(Option option, StringBuilder page) {
        page.append(".TP\n.B ");
        if (option.hasLetter()) {
            page.append("\\-").append(option.letter()).append(", ");
        }
        page.append(text("--" + option.name()));
        if (!option.type().isEmpty()) {
            page.append(" \\fI").append(text(option.type())).append("\\fR");
        }
        page.append("\n").append(text(HelpText.right(option))).append("\n");
    }

    /** Text whose characters mean nothing to roff. */
    private static String text(String plain) {
        String escaped = plain.replace("\\", "\\e").replace("-", "\\-");
        StringBuilder lines = new StringBuilder();
        for (String line : escaped.split("\n", -1)) {
            boolean request = line.startsWith(".") || line.startsWith("'");
            lines.append(lines.isEmpty() ? "" : "\n").append(request ? "\\&" : "").append(line);
        }
        return lines.toString();
    }
}
