package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerSecurity;
import dev.gantry.model.Failure;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Who a container's first process is, in CRI's rules: {@code run_as_user} over {@code
 * run_as_username} over the image's {@code USER}; names are looked up in the image's own files. A
 * number needs no account; without one its group is 0.
 */
public final class UserResolver {
    private static final int LIMIT = 4 * 1024 * 1024;

    /** Reads a file of the image; empty when there is none. */
    @FunctionalInterface
    public interface Files {
        Optional<byte[]> read(String path, int limit);
    }

    /**
     * Numeric identity.
     *
     * @param groups with the primary group, sorted
     * @param home that of the account, {@code /} without one, as OCI runtimes have it
     */
    public record Resolved(long uid, long gid, List<Long> groups, String home) {}

    private final Files files;

    public UserResolver(Files files) {
        this.files = files;
    }

    public Resolved resolve(ContainerSecurity security, String imageUser) {
        return resolve(security, List.of(), imageUser);
    }

    /**
     * Resolves who a container's first process is.
     *
     * @param more supplementary groups by name or number
     */
    public Resolved resolve(ContainerSecurity security, List<String> more, String imageUser) {
        String asked = asked(security, imageUser);
        int colon = asked.indexOf(':');
        String user = colon < 0 ? asked : asked.substring(0, colon);
        String group = colon < 0 ? "" : asked.substring(colon + 1);
        Accounts accounts = accounts();
        Optional<Accounts.Account> account = account(accounts, user);
        long uid =
                account.map(Accounts.Account::uid)
                        .or(() -> Ids32.parse(user))
                        .orElseThrow(() -> unknown("user", user, "passwd"));
        long gid =
                group.isEmpty()
                        ? account.map(Accounts.Account::gid).orElse(0L)
                        : gid(accounts, group);
        TreeSet<Long> groups = new TreeSet<>();
        groups.add(gid);
        if (!security.strictGroups()) {
            account.ifPresent(a -> groups.addAll(accounts.groupsOf(a.name())));
        }
        security.supplementalGroups()
                .forEach(g -> groups.add(Ids32.check(g, "supplemental group")));
        more.forEach(name -> groups.add(gid(accounts, name)));
        String home = account.map(Accounts.Account::home).filter(h -> !h.isEmpty()).orElse("/");
        return new Resolved(uid, gid, List.copyOf(groups), home);
    }

    private static String asked(ContainerSecurity security, String imageUser) {
        String user = security.runAsUsername();
        if (security.runAsUser().isPresent()) {
            user = Long.toString(Ids32.check(security.runAsUser().getAsLong(), "run_as_user"));
        }
        if (security.runAsGroup().isPresent()) {
            if (user.isEmpty()) {
                throw Failure.invalid(
                        "run_as_group is given without run_as_user or run_as_username");
            }
            return user + ":" + Ids32.check(security.runAsGroup().getAsLong(), "run_as_group");
        }
        if (!user.isEmpty()) {
            return user;
        }
        return imageUser.isEmpty() ? "0" : imageUser;
    }

    // A number is first a name, as for every program that reads passwd; then an id.
    private static Optional<Accounts.Account> account(Accounts accounts, String user) {
        return accounts.account(user).or(() -> Ids32.parse(user).flatMap(accounts::account));
    }

    private static long gid(Accounts accounts, String group) {
        return accounts.group(group)
                .map(Accounts.Group::gid)
                .or(() -> Ids32.parse(group))
                .orElseThrow(() -> unknown("group", group, "group"));
    }

    private Accounts accounts() {
        return Accounts.parse(
                files.read("/etc/passwd", LIMIT).orElse(new byte[0]),
                files.read("/etc/group", LIMIT).orElse(new byte[0]));
    }

    private static Failure unknown(String kind, String name, String file) {
        return Failure.invalid(
                "%s \"%s\" is not in the image's /etc/%s and is not a number"
                        .formatted(kind, name, file));
    }
}
