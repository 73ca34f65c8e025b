package dev.gantry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.gantry.server.config.Settings.LogFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LineEncoderTest {
    private static String line(
            LogFormat format, String message, @Nullable Throwable thrown, KeyValuePair... pairs) {
        LoggingEvent event =
                new LoggingEvent(
                        "x",
                        new LoggerContext().getLogger("dev.gantry.x"),
                        Level.WARN,
                        message,
                        thrown,
                        new Object[0]);
        event.setTimeStamp(1_700_000_000_123L);
        event.setKeyValuePairs(List.of(pairs));
        event.setMDCPropertyMap(Map.of("scope", "cri"));
        return new String(new LineEncoder(format).encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void aLineHasTimeLevelEventAndWhatItIsAbout() {
        assertThat(
                        line(
                                LogFormat.LOGFMT,
                                "pod started",
                                null,
                                new KeyValuePair("pod", "abc"),
                                new KeyValuePair("name", "default/web")))
                .isEqualTo(
                        "time=2023-11-14T22:13:20.123Z level=warn event=\"pod started\" pod=abc"
                                + " name=default/web scope=cri\n");
    }

    @Test
    void nothingThatIsLoggedBreaksTheLine() {
        String evil = "a\nb\r\t\"q\" \\ \u0007 level=error";
        assertThat(line(LogFormat.LOGFMT, evil, null))
                .isEqualTo(
                        "time=2023-11-14T22:13:20.123Z level=warn"
                                + " event=\"a\\nb\\r\\t\\\"q\\\" \\\\ \\u0007 level=error\""
                                + " scope=cri\n");
        assertThat(line(LogFormat.JSON, evil, null))
                .isEqualTo(
                        "{\"time\":\"2023-11-14T22:13:20.123Z\",\"level\":\"warn\","
                                + "\"event\":\"a\\nb\\r\\t\\\"q\\\" \\\\ \\u0007 level=error\","
                                + "\"scope\":\"cri\"}\n");
    }

    @Test
    void anExceptionIsInTheSameLineWithItsCauses() {
        Exception inner = new IllegalStateException("disk\nfull");
        String text = line(LogFormat.LOGFMT, "x", new RuntimeException("outer", inner));
        assertThat(text.lines()).hasSize(1);
        assertThat(text)
                .contains(
                        "error=\"java.lang.RuntimeException: outer, caused by"
                                + " java.lang.IllegalStateException: disk\\nfull\"")
                .contains("at=\"dev.gantry.server.log.LineEncoderTest.anException");
    }

    @Test
    void aHugeValueIsCut() {
        assertThat(line(LogFormat.LOGFMT, "x".repeat(1 << 20), null)).hasSizeLessThan(9000);
    }
}
