package dev.gantry.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.cli.args.UsageError;
import dev.gantry.proto.v1.VolumeMount;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountsTest {
    private static final Path HERE = Path.of("/home/jane");

    private static VolumeMount mount(String text) {
        return ((Mounts.Given.Volume) Mounts.mount(text, HERE)).mount();
    }

    @Test
    void aPathIsBoundAndMade() {
        assertThat(Volumes.mount("/srv/a:/data/:ro,z,rslave", HERE))
                .isEqualTo(
                        VolumeMount.newBuilder()
                                .setType(VolumeMount.Type.BIND)
                                .setSource("/srv/a")
                                .setTarget("/data")
                                .setReadonly(true)
                                .setRelabel("z")
                                .setPropagation("rslave")
                                .setCreateSource(true)
                                .build());
        assertThat(Volumes.mount("./site:/www", HERE).getSource()).isEqualTo("/home/jane/site");
    }

    @Test
    void aNameIsAVolumeAndNoNameAnAnonymousOne() {
        assertThat(Volumes.mount("data:/data:nocopy", HERE))
                .isEqualTo(
                        VolumeMount.newBuilder()
                                .setType(VolumeMount.Type.VOLUME)
                                .setSource("data")
                                .setTarget("/data")
                                .setNoCopy(true)
                                .build());
        assertThat(Volumes.mount("/data", HERE).getSource()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a:b:c:d, invalid volume specification",
        "data:ro, there is no path in the container",
        "data:rel, it has to be absolute",
        "/srv:/, destination can't be '/'",
        "-x:/data, includes invalid characters for a local volume name",
        "'/srv:/data:ro,rw', 'invalid mode: ro,rw'",
        "/srv:/data:nocopy, invalid mode: nocopy",
        "data:/data:rshared, invalid mode: rshared"
    })
    void volumesAreRefused(String text, String why) {
        assertThatThrownBy(() -> Volumes.mount(text, HERE))
                .isInstanceOf(UsageError.class)
                .hasMessageContaining(why);
    }

    @Test
    void aMountIsMadeOfFields() {
        VolumeMount volume =
                mount(
                        "source=pg,target=/var/lib/pg,\"volume-opt=o=uid=70,gid=70\",volume-label=a=b,volume-subpath=x,readonly");
        assertThat(volume.getType()).isEqualTo(VolumeMount.Type.VOLUME);
        assertThat(volume.getDriverOptionsMap()).containsEntry("o", "uid=70,gid=70");
        assertThat(volume.getLabelsMap()).containsEntry("a", "b");
        assertThat(volume.getReadonly()).isTrue();
        VolumeMount bind = mount("type=bind,src=site,dst=/www,bind-propagation=rslave");
        assertThat(bind.getSource()).isEqualTo("/home/jane/site");
        assertThat(bind.getCreateSource()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'type=bind,target=/a', a bind mount needs source=PATH",
        "'type=bind,source=/a', target is required",
        "'type=npipe,target=/a', invalid type 'npipe'",
        "'type=bind,source=/a,target=/b,volume-nocopy', cannot mix 'volume-nocopy' with mount type 'bind'",
        "'source=/a,target=/b', for a path of the host write type=bind",
        "'source=a1,target=/b,sise=3', unexpected key 'sise'",
        "'source=a1,target', invalid field 'target' must be a key=value pair",
        "'type=tmpfs,target=/a,tmpfs-mode=9', invalid mode: 9"
    })
    void mountsAreRefused(String text, String why) {
        assertThatThrownBy(() -> Mounts.mount(text, HERE))
                .isInstanceOf(UsageError.class)
                .hasMessageContaining(why);
    }
}
