package dev.gantry.imagestore.registry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a request wants to do: read or write one repository, and read others to mount blobs from.
 *
 * @param repository empty to be known only
 * @param mounts other repositories of the same registry
 */
record Access(String repository, boolean push, Set<String> mounts) {
    Access {
        mounts = Set.copyOf(mounts);
    }

    static Access pull(String repository) {
        return new Access(repository, false, Set.of());
    }

    static Access push(String repository) {
        return new Access(repository, true, Set.of());
    }

    Access mounting(Set<String> from) {
        return new Access(repository, push, from);
    }

    /**
     * The scopes to ask a token server for (Distribution project, "Token Scope Documentation"):
     * those of the registry's challenge, which may call the repository by another name, and what
     * the challenge cannot know.
     *
     * @param challenged the challenge's scope, empty when it had none
     */
    List<String> scopes(String challenged) {
        Map<String, TreeSet<String>> actions = new LinkedHashMap<>();
        Set<String> others = new TreeSet<>();
        for (String scope : challenged.strip().split(" +", -1)) {
            int colon = scope.lastIndexOf(':');
            if (scope.startsWith("repository:") && colon > "repository:".length()) {
                add(actions, scope.substring(0, colon), scope.substring(colon + 1).split(",", -1));
            } else if (!scope.isEmpty()) {
                others.add(scope);
            }
        }
        if (actions.isEmpty() && others.isEmpty() && !repository.isEmpty()) {
            add(actions, "repository:" + repository, "pull");
        }
        if (push) {
            actions.keySet().stream()
                    .filter(name -> !mounts.contains(name.substring("repository:".length())))
                    .forEach(name -> add(actions, name, "pull", "push"));
        }
        new TreeSet<>(mounts).forEach(name -> add(actions, "repository:" + name, "pull"));
        actions.forEach((name, all) -> others.add(name + ":" + String.join(",", all)));
        return List.copyOf(others);
    }

    private static void add(Map<String, TreeSet<String>> to, String name, String... actions) {
        to.computeIfAbsent(name, _ -> new TreeSet<>()).addAll(List.of(actions));
    }
}
