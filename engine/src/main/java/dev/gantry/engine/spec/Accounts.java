package dev.gantry.engine.spec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image's /etc/passwd and /etc/group (passwd(5), group(5)). Lines that are not well formed are
 * passed over, as the C library does.
 */
record Accounts(List<Account> accounts, List<Group> groups) {
    /** A line of passwd. */
    record Account(String name, long uid, long gid, String home) {}

    /** A line of group. */
    record Group(String name, long gid, List<String> members) {}

    static Accounts parse(byte[] passwd, byte[] group) {
        List<Account> accounts = new ArrayList<>();
        for (List<String> fields : lines(passwd)) {
            if (fields.size() >= 4) {
                Optional<Long> uid = Ids32.parse(fields.get(2));
                Optional<Long> gid = Ids32.parse(fields.get(3));
                if (uid.isPresent() && gid.isPresent()) {
                    String home = fields.size() < 6 ? "" : fields.get(5);
                    accounts.add(new Account(fields.getFirst(), uid.get(), gid.get(), home));
                }
            }
        }
        List<Group> groups = new ArrayList<>();
        for (List<String> fields : lines(group)) {
            if (fields.size() >= 3) {
                List<String> members =
                        fields.size() < 4 ? List.of() : split(fields.get(3).strip(), ',');
                Ids32.parse(fields.get(2))
                        .ifPresent(gid -> groups.add(new Group(fields.getFirst(), gid, members)));
            }
        }
        return new Accounts(List.copyOf(accounts), List.copyOf(groups));
    }

    Optional<Account> account(String name) {
        return accounts.stream().filter(a -> a.name().equals(name)).findFirst();
    }

    Optional<Account> account(long uid) {
        return accounts.stream().filter(a -> a.uid() == uid).findFirst();
    }

    Optional<Group> group(String name) {
        return groups.stream().filter(g -> g.name().equals(name)).findFirst();
    }

    List<Long> groupsOf(String name) {
        return groups.stream()
                .filter(g -> g.members().contains(name))
                .map(Group::gid)
                .distinct()
                .toList();
    }

    private static List<List<String>> lines(byte[] file) {
        return new String(file, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && line.charAt(0) != '#')
                .map(line -> split(line, ':'))
                .toList();
    }

    private static List<String> split(String line, char separator) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int at = line.indexOf(separator); at >= 0; at = line.indexOf(separator, from)) {
            parts.add(line.substring(from, at));
            from = at + 1;
        }
        parts.add(line.substring(from));
        return parts;
    }
}
