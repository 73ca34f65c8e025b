package dev.gantry.imagestore.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One challenge of a {@code WWW-Authenticate} header (RFC 9110, section 11.6.1). Scheme and
 * parameter names are lower case.
 */
record Challenge(String scheme, Map<String, String> parameters) {
    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** The parameter, or empty text. */
    String get(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** Reads all challenges of all header lines; what cannot be read ends a line early. */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> challenges = new ArrayList<>();
        for (String header : headers) {
            new Parser(header).into(challenges);
        }
        return challenges;
    }

    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        /**
         * The grammar is ambiguous until the sign after a token is seen: with {@code =} the token
         * is a parameter's name, without it is the next scheme.
         */
        void into(List<Challenge> out) {
            String scheme = "";
            Map<String, String> parameters = new HashMap<>();
            while (true) {
                skip(" \t,");
                String token = token();
                if (token.isEmpty()) {
                    break;
                }
                skip(" \t");
                if (at < text.length() && text.charAt(at) == '=' && !scheme.isEmpty()) {
                    at++;
                    skip(" \t");
                    parameters.putIfAbsent(token.toLowerCase(Locale.ROOT), value());
                } else {
                    add(out, scheme, parameters);
                    scheme = token.toLowerCase(Locale.ROOT);
                    parameters = new HashMap<>();
                }
            }
            add(out, scheme, parameters);
        }

        private static void add(
                List<Challenge> out, String scheme, Map<String, String> parameters) {
            if (!scheme.isEmpty()) {
                out.add(new Challenge(scheme, parameters));
            }
        }

        private void skip(String what) {
            while (at < text.length() && what.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private String token() {
            int start = at;
            while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        private String value() {
            if (at >= text.length() || text.charAt(at) != '"') {
                return token();
            }
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at = Math.min(at + 1, text.length());
            return value.toString();
        }
    }
}
