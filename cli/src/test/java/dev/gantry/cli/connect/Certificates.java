package dev.gantry.cli.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** An authority, and a certificate of it for both sides, made by openssl. */
record Certificates(Path dir) {
    static Certificates make(Path dir) throws IOException, InterruptedException {
        String script =
                """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca-key.pem -out ca.pem -days 2 -subj /CN=test-ca
                openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.csr -subj /CN=localhost
                printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' >ext
                openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -out cert.pem -days 2 -extfile ext
                """;
        Process process =
                new ProcessBuilder(List.of("sh", "-ec", script))
                        .directory(dir.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return new Certificates(dir);
    }

    String file(String name) {
        return dir.resolve(name).toString();
    }
}
