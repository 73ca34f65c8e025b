package dev.gantry.cli.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    private static final Fields VALUE =
            new Fields()
                    .with("Name", "web")
                    .with("Size", 12L)
                    .with("On", true)
                    .with("Empty", List.of())
                    .with("Tags", List.of("a", "b"))
                    .with("State", new Fields().with("Status", "running"))
                    .with("Labels", new TreeMap<>(Map.of("x", "1", "y.z", "2")));

    private static String apply(String template) {
        return Template.parse(template).apply(VALUE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "{{.Name}}:{{.State.Status}} # web:running",
                "{{.Name | upper}} # WEB",
                "{{json .Tags}} # [\"a\",\"b\"]",
                "{{if .On}}on{{else}}off{{end}} # on",
                "{{if eq .Name \"db\"}}1{{else if eq .Size 12}}2{{else}}3{{end}} # 2",
                "{{range .Tags}}<{{.}}>{{end}} # <a><b>",
                "{{range $i, $t := .Tags}}{{if $i}}, {{end}}{{$t}}{{end}} # a, b",
                "{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}} # x=1;y.z=2;",
                "{{range .Empty}}x{{else}}none{{end}} # none",
                "{{index .Labels \"y.z\"}}{{index .Tags 1}} # 2b",
                "{{join .Tags \"+\"}} # a+b",
                "{{len .Tags}} # 2",
                "{{printf \"%-5s|%03d\" .Name .Size}} # web  |012",
                "{{with .State}}{{.Status}}{{$.Name}}{{end}} # runningweb",
                "{{$n := .Name}}{{$n}} # web",
                "a {{- .Name -}} b # awebb",
                "{{/* nothing */}}x # x",
                "{{(index .Tags 0) | title}} # A",
                "{{and .On .Name}} {{not .On}} {{or .Empty \"x\"}} # web false x",
                "{{.Labels.nothing}} # <no value>",
                "{{\"}}\"}} # }}",
                "{{.Tags}} {{.Labels}} # [a b] map[x:1 y.z:2]",
            })
    void says(String template, String expected) {
        assertThat(apply(template)).isEqualTo(expected);
    }

    @Test
    void errorsNameThePlace() {
        assertThatThrownBy(() -> apply("ab{{.Nam}}"))
                .hasMessageStartingWith(
                        "template: character 5: there is no field Nam: there are Name,");
        assertThatThrownBy(() -> apply("{{.Name"))
                .hasMessageContaining("character 1: an action is not closed");
        assertThatThrownBy(() -> apply("{{if .On}}x")).hasMessageContaining("{{end}} is missing");
        assertThatThrownBy(() -> apply("x{{end}}"))
                .hasMessageContaining("character 2: unexpected {{end}}");
        assertThatThrownBy(() -> apply("{{nope .Name}}"))
                .hasMessageContaining("\"nope\" is not defined");
        assertThatThrownBy(() -> apply("{{index .Tags 7}}")).hasMessageContaining("out of range");
        assertThatThrownBy(() -> apply("{{template \"x\"}}")).hasMessageContaining("not supported");
        assertThatThrownBy(() -> apply("{{$x}}")).hasMessageContaining("undefined variable \"$x\"");
    }
}
