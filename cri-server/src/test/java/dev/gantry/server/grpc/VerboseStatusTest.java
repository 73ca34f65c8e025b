package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.proto.cri.v1.StatusRequest;
import dev.gantry.proto.cri.v1.StatusResponse;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class VerboseStatusTest {
    @Test
    void theNetworkIsDescribedWithItsLastError() throws IOException {
        try (Door door = new Door()) {
            StatusResponse verbose =
                    door.runtime.status(StatusRequest.newBuilder().setVerbose(true).build());
            assertThat(verbose.getInfoMap()).containsOnlyKeys("config", "cni");
            JsonNode cni = new ObjectMapper().readTree(verbose.getInfoOrThrow("cni"));
            assertThat(cni.path("file").asText()).isEqualTo("/etc/cni/net.d/10-a.conflist");
            assertThat(cni.path("plugins").path("bridge").asText())
                    .isEqualTo("/opt/cni/bin/bridge");
            assertThat(cni.path("lastError").asText()).isEqualTo("plugin bridge said no");

            assertThat(door.runtime.status(StatusRequest.getDefaultInstance()).getInfoMap())
                    .isEmpty();
        }
    }
}
