package dev.gantry.imagestore.manifest;

import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.List;

/** Words of a Dockerfile's instruction: divided by blanks, quoted, with backslashes. */
public final class Words {
    private Words() {}

    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean any = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escapes = c == '\\' && quote != '\'' && i + 1 < text.length();
            if (escapes) {
                word.append(text.charAt(++i));
                any = true;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                any = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (any) {
                    words.add(word.toString());
                }
                word.setLength(0);
                any = false;
            } else {
                word.append(c);
                any = true;
            }
        }
        if (quote != 0) {
            throw Failure.invalid("a quotation in \"%s\" does not end".formatted(text));
        }
        if (any) {
            words.add(word.toString());
        }
        return words;
    }

    /** A word that is read as this text. */
    public static String quote(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
