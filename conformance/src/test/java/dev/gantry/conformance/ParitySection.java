package dev.gantry.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Command lines that follow one another, from a clean slate. In a file, {@code section NAME} begins
 * one; each line is a shell command in which {@code C} is the client, and after {@code ##} stands
 * what is expected.
 */
record ParitySection(String name, List<Line> lines) {
    /** One command line and where it stands. */
    record Line(int number, String command, ParityExpectation expectation) {}

    static List<ParitySection> read(String resource) throws IOException {
        List<ParitySection> sections = new ArrayList<>();
        try (InputStream in =
                ParitySection.class.getResourceAsStream("/cli/" + resource + ".txt")) {
            if (in == null) {
                throw new IOException("there is no list of command lines " + resource);
            }
            int number = 0;
            for (String line :
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                number++;
                if (line.startsWith("section ")) {
                    sections.add(
                            new ParitySection(
                                    line.substring("section ".length()), new ArrayList<>()));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    sections.getLast().lines().add(parse(number, line));
                }
            }
        }
        return sections;
    }

    private static Line parse(int number, String line) {
        int mark = line.lastIndexOf(" ## ");
        return mark < 0
                ? new Line(number, line.strip(), ParityExpectation.parse(""))
                : new Line(
                        number,
                        line.substring(0, mark).strip(),
                        ParityExpectation.parse(line.substring(mark + 4).strip()));
    }
}
