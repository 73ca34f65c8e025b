package dev.gantry.server;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SliceRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rules of who may know whom, for any root package, so that they can be tried on bad examples.
 */
record ModuleGraph(String root) {
    /** What each room may import of the others. */
    static final Map<String, Set<String>> MAY_KNOW = mayKnow();

    private static Map<String, Set<String>> mayKnow() {
        Map<String, Set<String>> all = new TreeMap<>();
        all.put("proto", Set.of());
        all.put("model", Set.of());
        all.put("linux", Set.of("model"));
        all.put("state", Set.of("model"));
        for (String room : List.of("imagestore", "cni", "runtime")) {
            all.put(room, Set.of("model", "linux", "state"));
        }
        all.put("networks", Set.of("model", "linux"));
        Set<String> below = new TreeSet<>(all.keySet());
        below.removeAll(List.of("proto", "networks"));
        all.put("engine", below);
        all.put(
                "local",
                new TreeSet<>(
                        List.of(
                                "model",
                                "linux",
                                "state",
                                "imagestore",
                                "cni",
                                "networks",
                                "runtime",
                                "engine")));
        all.put("server", new TreeSet<>(all.keySet()));
        all.put("cli", Set.of("proto"));
        return all;
    }

    /** Every violation in words; none when the classes keep the rules. */
    List<String> violations(JavaClasses classes) {
        List<String> all = new ArrayList<>();
        for (ArchRule rule : rules()) {
            all.addAll(
                    rule.allowEmptyShould(true).evaluate(classes).getFailureReport().getDetails());
        }
        return all;
    }

    private List<ArchRule> rules() {
        List<ArchRule> rules = new ArrayList<>();
        MAY_KNOW.forEach(
                (room, known) -> {
                    String[] strangers =
                            MAY_KNOW.keySet().stream()
                                    .filter(other -> !other.equals(room) && !known.contains(other))
                                    .map(this::inside)
                                    .toArray(String[]::new);
                    if (strangers.length > 0) {
                        rules.add(
                                ArchRuleDefinition.noClasses()
                                        .that()
                                        .resideInAPackage(inside(room))
                                        .should()
                                        .dependOnClassesThat()
                                        .resideInAnyPackage(strangers));
                    }
                });
        SliceRule acyclic =
                SlicesRuleDefinition.slices().matching(root + ".(*)..").should().beFreeOfCycles();
        rules.add(acyclic);
        rules.add(only("com.sun.jna..", "linux"));
        rules.add(only("java.sql..", "state", "imagestore", "cni", "engine", "local"));
        rules.add(only("io.grpc..", "proto", "server", "cli"));
        rules.add(only("io.netty..", "server", "networks", "cli"));
        return rules;
    }

    private ArchRule only(String library, String... rooms) {
        String[] packages = List.of(rooms).stream().map(this::inside).toArray(String[]::new);
        return ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    private String inside(String room) {
        return root + "." + room + "..";
    }
}
