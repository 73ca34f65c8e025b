package dev.gantry.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.gantry.server.config.Settings.LogFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/**
 * Writes an event as one line: time, level, event, then its key-value pairs (pod, container, …) and
 * what is in the MDC. An exception is in the same line: its words, its causes', and the frames of
 * the innermost one.
 */
final class LineEncoder extends EncoderBase<ILoggingEvent> {
    private static final int FRAMES_MAX = 12;
    private static final int VALUE_MAX = 8192;

    private final LogFormat format;

    LineEncoder(LogFormat format) {
        this.format = format;
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        Map<String, String> fields = fields(event);
        switch (format) {
            case LOGFMT -> logfmt(line, fields);
            case JSON -> json(line, fields);
        }
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> fields(ILoggingEvent event) {
        Map<String, String> fields = new LinkedHashMap<>();
        Instant time = Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS);
        fields.put("time", time.toString());
        fields.put("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
        fields.put("event", String.valueOf(event.getFormattedMessage()));
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(p -> fields.put(p.key, String.valueOf(p.value)));
        }
        event.getMDCPropertyMap().forEach(fields::putIfAbsent);
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            fields.put("error", words(thrown));
            fields.put("at", frames(thrown));
        }
        return fields;
    }

    private static String words(IThrowableProxy thrown) {
        StringBuilder words = new StringBuilder();
        int depth = 0;
        for (IThrowableProxy t = thrown; t != null && depth < 8; t = t.getCause(), depth++) {
            words.append(depth == 0 ? "" : ", caused by ").append(t.getClassName());
            if (t.getMessage() != null) {
                words.append(": ").append(t.getMessage());
            }
        }
        return words.toString();
    }

    private static String frames(IThrowableProxy thrown) {
        IThrowableProxy innermost = thrown;
        for (int depth = 0; innermost.getCause() != null && depth < 8; depth++) {
            innermost = innermost.getCause();
        }
        StringBuilder frames = new StringBuilder();
        StackTraceElementProxy[] trace = innermost.getStackTraceElementProxyArray();
        for (int i = 0; i < Math.min(trace.length, FRAMES_MAX); i++) {
            StackTraceElement frame = trace[i].getStackTraceElement();
            frames.append(i == 0 ? "" : " < ")
                    .append(frame.getClassName())
                    .append('.')
                    .append(frame.getMethodName())
                    .append(':')
                    .append(frame.getLineNumber());
        }
        return frames.toString();
    }

    private static void logfmt(StringBuilder line, Map<String, String> fields) {
        fields.forEach(
                (key, value) -> {
                    line.append(line.isEmpty() ? "" : " ").append(key).append('=');
                    if (value.isEmpty() || !value.chars().allMatch(LineEncoder::bare)) {
                        quote(line, value);
                    } else {
                        line.append(cut(value));
                    }
                });
    }

    private static boolean bare(int c) {
        return c > ' ' && c != '"' && c != '=' && c != '\\' && c < 0x7f;
    }

    private static void json(StringBuilder line, Map<String, String> fields) {
        line.append('{');
        fields.forEach(
                (key, value) -> {
                    quote(line.append(line.length() == 1 ? "" : ","), key);
                    quote(line.append(':'), value);
                });
        line.append('}');
    }

    private static String cut(String value) {
        return value.length() > VALUE_MAX ? value.substring(0, VALUE_MAX) + "…" : value;
    }

    /** JSON's quoting, which logfmt readers take too. */
    private static void quote(StringBuilder line, String value) {
        line.append('"');
        String text = cut(value);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> line.append('\\').append(c);
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        line.append("\\u%04x".formatted((int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        line.append('"');
    }
}
