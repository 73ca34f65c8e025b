package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.model.IdMapping;
import dev.gantry.model.IdMappings;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdMappingsTest {
    @Test
    void idsOutside() {
        IdMappings ids =
                new IdMappings(
                        List.of(new IdMapping(0, 65536, 65536)),
                        List.of(new IdMapping(10, 4294967000L, 294)));
        assertThat(ids.hostUid(0)).hasValue(65536);
        assertThat(ids.hostUid(65535)).hasValue(131071);
        assertThat(ids.hostUid(65536)).isEmpty();
        assertThat(ids.hostGid(9)).isEmpty();
        assertThat(ids.hostGid(303)).hasValue(4294967293L);
    }

    @Test
    void oneRangeOfEach() {
        IdMapping range = new IdMapping(0, 1000, 10);
        assertThatThrownBy(() -> new IdMappings(List.of(range, range), List.of(range)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("2 mappings of user ids");
        assertThatThrownBy(() -> new IdMappings(List.of(range), List.of()))
                .hasMessageContaining("0 mappings of group ids");
    }

    @Test
    void rangesStayWithinTheIds() {
        assertThatThrownBy(() -> new IdMapping(0, 0, 0)).hasMessageContaining("empty");
        assertThatThrownBy(() -> new IdMapping(0, 4294967295L, 1)).hasMessageContaining("beyond");
        assertThatThrownBy(() -> new IdMapping(4294967290L, 0, 6)).hasMessageContaining("beyond");
        assertThat(new IdMapping(0, 0, 4294967295L).length()).isEqualTo(4294967295L);
    }
}
