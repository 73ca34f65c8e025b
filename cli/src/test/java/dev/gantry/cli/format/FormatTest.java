package dev.gantry.cli.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.cli.Captured;
import dev.gantry.cli.CliFailure;
import dev.gantry.cli.json.Json;
import dev.gantry.cli.json.JsonReader;
import dev.gantry.cli.template.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FormatTest {
    @Test
    void sizesAreDockers() {
        assertThat(Sizes.decimal(0)).isEqualTo("0B");
        assertThat(Sizes.decimal(999)).isEqualTo("999B");
        assertThat(Sizes.decimal(1_240_000)).isEqualTo("1.24MB");
        assertThat(Sizes.decimal(133_000_000)).isEqualTo("133MB");
        assertThat(Sizes.binary(7_821_312)).isEqualTo("7.459MiB");
        assertThat(Sizes.binary(1L << 30)).isEqualTo("1GiB");
    }

    @Test
    void durationsAreDockers() {
        assertThat(Durations.human(Duration.ofMillis(10))).isEqualTo("Less than a second");
        assertThat(Durations.human(Duration.ofSeconds(1))).isEqualTo("1 second");
        assertThat(Durations.human(Duration.ofSeconds(59))).isEqualTo("59 seconds");
        assertThat(Durations.human(Duration.ofSeconds(61))).isEqualTo("About a minute");
        assertThat(Durations.human(Duration.ofMinutes(60))).isEqualTo("About an hour");
        assertThat(Durations.human(Duration.ofHours(47))).isEqualTo("47 hours");
        assertThat(Durations.human(Duration.ofDays(13))).isEqualTo("13 days");
        assertThat(Durations.human(Duration.ofDays(20))).isEqualTo("2 weeks");
        assertThat(Durations.human(Duration.ofDays(800))).isEqualTo("2 years");
    }

    @Test
    void timesAreUnderstood() {
        Instant now = Instant.ofEpochSecond(1000);
        assertThat(Times.parse("10m", now)).isEqualTo(400_000_000_000L);
        assertThat(Times.parse("1m30s", now)).isEqualTo(910_000_000_000L);
        assertThat(Times.parse("12.5", now)).isEqualTo(12_500_000_000L);
        assertThat(Times.parse("1970-01-01T00:00:02Z", now)).isEqualTo(2_000_000_000L);
        assertThatThrownBy(() -> Times.parse("soon", now))
                .hasMessageContaining("\"soon\" is no time");
    }

    @Test
    void listsAreTablesJsonOrTemplates() {
        Listing listing = new Listing(List.of("ID", "Name"), Map.of("ID", "CONTAINER ID"));
        listing.row(new Fields().with("ID", "0123456789ab").with("Name", "web").with("More", "x"));
        assertThat(printed(listing, "")).isEqualTo("CONTAINER ID   NAME\n0123456789ab   web\n");
        assertThat(printed(listing, "json"))
                .isEqualTo("{\"ID\":\"0123456789ab\",\"Name\":\"web\",\"More\":\"x\"}\n");
        assertThat(printed(listing, "table {{.Name}}\\t{{.ID}}"))
                .isEqualTo("NAME      CONTAINER ID\nweb       0123456789ab\n");
        assertThat(printed(listing, "{{.More}}-{{.Name}}")).isEqualTo("x-web\n");
        assertThatThrownBy(() -> printed(listing, "{{.Nothing}}")).isInstanceOf(CliFailure.class);
    }

    private static String printed(Listing listing, String format) {
        Captured captured = new Captured();
        listing.print(format, captured.out());
        return captured.text();
    }

    @Test
    void jsonIsWrittenAndRead() {
        String text = "{\"a\":[1,-2.5,\"\\u00e9\\n\\\"\",true,null],\"b\":{}}";
        Object value = JsonReader.read(text);
        assertThat(JsonReader.read(Json.pretty(value))).isEqualTo(value);
        assertThat(Json.compact(value))
                .isEqualTo("{\"a\":[1,-2.5,\"é\\n\\\"\",true,null],\"b\":{}}");
        for (String bad : List.of("", "{", "[1,]", "{\"a\" 1}", "tru", "\"a", "1 2", "\"\\u12")) {
            assertThatThrownBy(() -> JsonReader.read(bad))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
