package dev.gantry.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.ContainerSecurity;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.SecurityProfile;
import dev.gantry.engine.config.SelinuxOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class UserResolverTest {
    private static final Map<String, String> FILES =
            Map.of(
                    "/etc/passwd",
                    "# comment\nroot:x:0:0:root:/root:/bin/sh\nbroken\nweb:x:1002:1003::/srv/web:\n7:x:70:71::/:\n",
                    "/etc/group",
                    "root:x:0:\nusers:x:1003:\nextra:x:50000:web,other\nmore:x:50001:web\n");

    private static UserResolver.Resolved resolve(ContainerSecurity security, String imageUser) {
        return new UserResolver(
                        (path, limit) ->
                                Optional.ofNullable(FILES.get(path))
                                        .map(f -> f.getBytes(StandardCharsets.UTF_8)))
                .resolve(security, imageUser);
    }

    private static ContainerSecurity as(long uid, long gid, String name, List<Long> groups) {
        return as(uid, gid, name, groups, false);
    }

    private static ContainerSecurity as(
            long uid, long gid, String name, List<Long> groups, boolean strict) {
        return new ContainerSecurity(
                false,
                ContainerSecurity.Capabilities.NONE,
                NamespaceOptions.DEFAULT,
                uid < 0 ? OptionalLong.empty() : OptionalLong.of(uid),
                gid < 0 ? OptionalLong.empty() : OptionalLong.of(gid),
                name,
                groups,
                strict,
                false,
                false,
                List.of(),
                List.of(),
                SecurityProfile.UNSPECIFIED,
                SecurityProfile.UNSPECIFIED,
                SelinuxOptions.NONE);
    }

    private static UserResolver.Resolved ids(long uid, long gid, Long... groups) {
        String home =
                switch ((int) uid) {
                    case 0 -> "/root";
                    case 1002 -> "/srv/web";
                    default -> "/";
                };
        return new UserResolver.Resolved(uid, gid, List.of(groups), home);
    }

    @Test
    void nobodySaysAnythingIsRoot() {
        assertThat(resolve(as(-1, -1, "", List.of()), "")).isEqualTo(ids(0, 0, 0L));
    }

    @Test
    void imageUserInAllItsForms() {
        ContainerSecurity none = ContainerSecurity.DEFAULT;
        assertThat(resolve(none, "web")).isEqualTo(ids(1002, 1003, 1003L, 50000L, 50001L));
        assertThat(resolve(none, "1002")).isEqualTo(ids(1002, 1003, 1003L, 50000L, 50001L));
        assertThat(resolve(none, "4000")).isEqualTo(ids(4000, 0, 0L));
        assertThat(resolve(none, "4000:4001")).isEqualTo(ids(4000, 4001, 4001L));
        assertThat(resolve(none, "4000:users")).isEqualTo(ids(4000, 1003, 1003L));
        assertThat(resolve(none, "web:100")).isEqualTo(ids(1002, 100, 100L, 50000L, 50001L));
        assertThat(resolve(none, "7")).as("a name of digits").isEqualTo(ids(70, 71, 71L));
    }

    @Test
    void uidWinsOverNameAndImage() {
        assertThat(resolve(as(4000, -1, "web", List.of()), "web")).isEqualTo(ids(4000, 0, 0L));
        assertThat(resolve(as(-1, -1, "web", List.of()), "root"))
                .isEqualTo(ids(1002, 1003, 1003L, 50000L, 50001L));
        assertThat(resolve(as(4000, 4001, "", List.of()), "web")).isEqualTo(ids(4000, 4001, 4001L));
    }

    @Test
    void supplementalGroupsAreMergedOrStrict() {
        assertThat(resolve(as(-1, -1, "web", List.of(9L)), ""))
                .isEqualTo(ids(1002, 1003, 9L, 1003L, 50000L, 50001L));
        assertThat(resolve(as(-1, -1, "web", List.of(9L), true), ""))
                .isEqualTo(ids(1002, 1003, 9L, 1003L));
    }

    @Test
    void whatCannotBeResolvedIsNamed() {
        assertThatThrownBy(() -> resolve(as(-1, -1, "ghost", List.of()), ""))
                .hasMessageContaining("user \"ghost\" is not in the image's /etc/passwd");
        assertThatThrownBy(() -> resolve(ContainerSecurity.DEFAULT, "web:ghosts"))
                .hasMessageContaining("group \"ghosts\" is not in the image's /etc/group");
        assertThatThrownBy(() -> resolve(as(-1, 5, "", List.of()), "web"))
                .hasMessageContaining("run_as_group is given without");
        assertThatThrownBy(() -> resolve(as(1L << 32, -1, "", List.of()), ""))
                .hasMessageContaining("is not between");
    }

    @Test
    void imageWithoutAccountsTakesNumbers() {
        UserResolver bare = new UserResolver((_, _) -> Optional.empty());
        assertThat(bare.resolve(ContainerSecurity.DEFAULT, "12:13")).isEqualTo(ids(12, 13, 13L));
        assertThatThrownBy(() -> bare.resolve(ContainerSecurity.DEFAULT, "root"))
                .hasMessageContaining("\"root\"");
    }
}
