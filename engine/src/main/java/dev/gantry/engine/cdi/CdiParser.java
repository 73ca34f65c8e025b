package dev.gantry.engine.cdi;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.cfg.MutableConfigOverride;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads CDI specifications, JSON and YAML. Size, depth and aliases are bounded; a member that CDI
 * does not name is an error, as it is for CDI's own library.
 */
final class CdiParser {
    static final int SIZE = 4 * 1024 * 1024;
    private static final int DEPTH = 64;
    private static final int ALIASES = 64;
    private static final int VALUES = 200_000;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEPTH)
                                                    .maxDocumentLength(SIZE)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .addModule(new Jdk8Module())
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .withConfigOverride(String.class, CdiParser::emptyForNull)
                    .withConfigOverride(List.class, CdiParser::emptyForNull)
                    .withConfigOverride(Map.class, CdiParser::emptyForNull)
                    .build();

    private CdiParser() {}

    private static void emptyForNull(MutableConfigOverride override) {
        var _ = override.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
    }

    /** A specification that is well formed and valid; INVALID_ARGUMENT says what is wrong. */
    static CdiSpec parse(byte[] text, boolean yaml) {
        if (text.length > SIZE) {
            throw Failure.invalid("it is larger than %d bytes".formatted(SIZE));
        }
        CdiSpec spec = yaml ? yaml(text) : json(text);
        CdiRules.check(spec);
        return spec;
    }

    private static CdiSpec json(byte[] text) {
        try {
            return present(MAPPER.readValue(text, CdiSpec.class));
        } catch (IOException | RuntimeException e) {
            throw broken(e);
        }
    }

    private static CdiSpec yaml(byte[] text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        options.setMaxAliasesForCollections(ALIASES);
        options.setNestingDepthLimit(DEPTH);
        options.setCodePointLimit(SIZE);
        try {
            Object tree = CdiYaml.reader(options).load(new String(text, StandardCharsets.UTF_8));
            // Aliases share what they name; as a tree that may be more than anybody can hold.
            count(tree, 0, new int[1]);
            return present(MAPPER.convertValue(tree, CdiSpec.class));
        } catch (YAMLException | IllegalArgumentException | ClassCastException e) {
            throw broken(e);
        }
    }

    private static void count(@Nullable Object value, int depth, int[] counted) {
        if (depth > DEPTH || ++counted[0] > VALUES) {
            throw Failure.invalid("it is too deep or, with its aliases, too large");
        }
        switch (value) {
            case Map<?, ?> map ->
                    map.forEach(
                            (key, entry) -> {
                                count(key, depth + 1, counted);
                                count(entry, depth + 1, counted);
                            });
            case Iterable<?> list -> list.forEach(entry -> count(entry, depth + 1, counted));
            case null, default -> {}
        }
    }

    private static CdiSpec present(@Nullable CdiSpec spec) {
        if (spec == null) {
            throw Failure.invalid("it is empty");
        }
        return spec;
    }

    private static Failure broken(Exception e) {
        if (e instanceof Failure failure) {
            return failure;
        }
        Throwable cause = e.getCause() instanceof JsonMappingException inner ? inner : e;
        String why = cause instanceof JsonMappingException m ? m.getOriginalMessage() : "";
        String text = why.isEmpty() ? String.valueOf(cause.getMessage()) : why;
        String where =
                cause instanceof JsonMappingException m && !m.getPath().isEmpty()
                        ? m.getPathReference().replaceAll("[\\w.$]+\\[\"(\\w+)\"]", "$1") + ": "
                        : "";
        String line = (where + text).replaceAll("\\s+", " ");
        return new Failure(
                Failure.Code.INVALID_ARGUMENT, line.substring(0, Math.min(300, line.length())), e);
    }
}
