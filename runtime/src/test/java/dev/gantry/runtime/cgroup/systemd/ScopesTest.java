package dev.gantry.runtime.cgroup.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.runtime.oci.OciResources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said over a real message bus to a systemd that only listens. */
class ScopesTest {
    private static final Scope SCOPE =
            new Scope("gantry-abc.scope", "kubepods-burstable-pod1.slice", "abc");

    @TempDir private Path directory;
    private FakeSystemd systemd;
    private Scopes scopes;

    @BeforeEach
    void connect() throws Exception {
        systemd = new FakeSystemd(directory);
        scopes = new Scopes(systemd.address(), true, Duration.ofSeconds(5));
    }

    @AfterEach
    void disconnect() throws Exception {
        scopes.close();
        systemd.close();
    }

    private static Resources limits() {
        return new Resources(
                1024,
                50_000,
                100_000,
                "0-3,8",
                "0",
                64 << 20,
                96 << 20,
                100,
                OptionalInt.empty(),
                Map.of(),
                Map.of("memory.high", "60000000", "memory.min", "max"));
    }

    @Test
    void aScopeIsStartedWithItsProcessAndDelegated() {
        scopes.start(SCOPE, OciResources.NONE, 4711, () -> true);
        assertThat(systemd.units.get(SCOPE.unit()))
                .containsEntry("Slice", "s kubepods-burstable-pod1.slice")
                .containsEntry("PIDs", "au [4711]")
                .containsEntry("Delegate", "b true")
                .containsEntry("CollectMode", "s inactive-or-failed")
                .containsEntry("TasksMax", "t 18446744073709551615")
                .containsEntry("Description", "s Gantry pod abc");
        scopes.stop(SCOPE);
        assertThat(systemd.units).isEmpty();
        scopes.stop(SCOPE);
    }

    @Test
    void limitsAreProperties() {
        scopes.start(SCOPE, OciResources.NONE.with(limits()), 4711, () -> true);
        Map<String, String> unit = systemd.units.get(SCOPE.unit());
        assertThat(unit)
                .containsEntry("CPUWeight", "t 100")
                .containsEntry("CPUQuotaPerSecUSec", "t 500000")
                .containsEntry("CPUQuotaPeriodUSec", "t 100000")
                .containsEntry("AllowedCPUs", "ay [15, 1]")
                .containsEntry("AllowedMemoryNodes", "ay [1]")
                .containsEntry("MemoryMax", "t 67108864")
                .containsEntry("MemorySwapMax", "t 33554432")
                .containsEntry("MemoryHigh", "t 60000000")
                .containsEntry("MemoryMin", "t 18446744073709551615")
                .containsEntry("TasksMax", "t 100");
        scopes.update(
                SCOPE,
                OciResources.NONE.with(
                        new Resources(
                                2048,
                                -1,
                                0,
                                "",
                                "",
                                -1,
                                0,
                                0,
                                OptionalInt.empty(),
                                Map.of(),
                                Map.of())));
        assertThat(unit)
                .containsEntry("CPUWeight", "t 174")
                .containsEntry("CPUQuotaPerSecUSec", "t 18446744073709551615")
                .containsEntry("MemoryMax", "t 18446744073709551615")
                .containsEntry("TasksMax", "t 100");
    }

    @Test
    void aBusThatRestartsIsFoundAgain() throws Exception {
        scopes.start(SCOPE, OciResources.NONE, 1, () -> true);
        systemd.restartBus();
        scopes.update(SCOPE, OciResources.NONE.with(limits()));
        assertThat(systemd.units.get(SCOPE.unit())).containsEntry("MemoryMax", "t 67108864");
    }

    @Test
    void withoutABusTheOperatorIsTold() throws Exception {
        scopes.start(SCOPE, OciResources.NONE, 1, () -> true);
        systemd.endBus();
        assertThatThrownBy(() -> scopes.stop(SCOPE))
                .isInstanceOfSatisfying(
                        Failure.class,
                        e -> assertThat(e.code()).isEqualTo(Failure.Code.UNAVAILABLE))
                .hasMessageContaining("systemctl status dbus");
    }

    @Test
    void aCallHasADeadline() {
        systemd.stall = Optional.of(new CountDownLatch(1));
        try (Scopes impatient = new Scopes(systemd.address(), true, Duration.ofMillis(300))) {
            assertThatThrownBy(() -> impatient.start(SCOPE, OciResources.NONE, 1, () -> true))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            e -> assertThat(e.code()).isEqualTo(Failure.Code.DEADLINE_EXCEEDED))
                    .hasMessageContaining("StartTransientUnit");
        }
    }

    @Test
    void theProcessIsWaitedFor() {
        AtomicInteger looks = new AtomicInteger();
        scopes.start(SCOPE, OciResources.NONE, 1, () -> looks.incrementAndGet() > 5);
        assertThat(looks).hasValue(6);
    }

    @Test
    void aScopeThatDoesNotComeUpIsSaid() {
        systemd.forgetful = true;
        assertThatThrownBy(() -> scopes.start(SCOPE, OciResources.NONE, 1, () -> false))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("journalctl -u gantry-abc.scope");
    }

    @Test
    void whatSystemdRefusesIsSaidInItsWords() {
        assertThatThrownBy(() -> scopes.update(SCOPE, OciResources.NONE.with(limits())))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("Unit gantry-abc.scope not loaded")
                .hasMessageContaining("NoSuchUnit");
        // A start that was repeated finds what the first one made.
        scopes.start(SCOPE, OciResources.NONE, 1, () -> true);
        scopes.start(SCOPE, OciResources.NONE, 1, () -> true);
    }
}
