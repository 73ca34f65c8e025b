package dev.gantry.engine.cdi;

import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML 1.1 as vendors write it for CDI's own library, which reads octal numbers of YAML 1.2 too:
 * {@code fileMode: 0o640} besides {@code 0640}.
 */
final class CdiYaml extends SafeConstructor {
    private static final Tag OCTAL = new Tag("tag:gantry.dev,2026:octal");

    /** At most 20 digits, so that the number fits. */
    private static final Pattern FORM = Pattern.compile("0o[0-7]{1,20}");

    private CdiYaml(LoaderOptions options) {
        super(options);
        yamlConstructors.put(
                OCTAL,
                new AbstractConstruct() {
                    @Override
                    public Object construct(Node node) {
                        return Long.parseLong(((ScalarNode) node).getValue().substring(2), 8);
                    }
                });
    }

    static Yaml reader(LoaderOptions options) {
        DumperOptions unused = new DumperOptions();
        Resolver resolver = new Resolver();
        resolver.addImplicitResolver(OCTAL, FORM, "0");
        return new Yaml(new CdiYaml(options), new Representer(unused), unused, options, resolver);
    }
}
