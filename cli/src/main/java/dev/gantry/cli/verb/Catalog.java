package dev.gantry.cli.verb;

import java.util.List;
import java.util.Optional;

/** Some of the verbs, each made only when it is asked for. */
public interface Catalog {
    /** The full names of its verbs, without their aliases. */
    List<String> paths();

    /** The verb of that full name or alias. */
    Optional<Verb> find(String name);
}
