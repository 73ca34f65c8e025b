package dev.gantry.imagestore.registry;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The certificates and keys of a PEM file (RFC 7468); private keys as PKCS#8, PKCS#1 (RSA) and SEC
 * 1 (EC), which are all that openssl has written over the years.
 */
final class PemFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----");
    private static final byte[] RSA = {
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };
    private static final byte[] EC = {
        0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
    };

    /** One block; {@code type} is what follows BEGIN. */
    private record Block(String type, String text) {
        byte[] bytes() throws GeneralSecurityException {
            try {
                return Base64.getMimeDecoder().decode(text.strip());
            } catch (IllegalArgumentException e) {
                throw new GeneralSecurityException("not base64", e);
            }
        }

        @Override
        public String toString() {
            return type;
        }
    }

    private final List<Block> blocks;

    private PemFile(List<Block> blocks) {
        this.blocks = blocks;
    }

    static PemFile read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + " is larger than 1 MiB");
        }
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return new PemFile(blocks);
    }

    List<X509Certificate> certificates() throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> all = new ArrayList<>();
        for (Block block : blocks) {
            if (block.type().equals("CERTIFICATE")) {
                all.add(
                        (X509Certificate)
                                factory.generateCertificate(
                                        new ByteArrayInputStream(block.bytes())));
            }
        }
        return all;
    }

    boolean hasCertificate() {
        return blocks.stream().anyMatch(block -> block.type().equals("CERTIFICATE"));
    }

    boolean hasKey() {
        return blocks.stream().anyMatch(block -> block.type().endsWith("PRIVATE KEY"));
    }

    boolean hasEncryptedKey() {
        return blocks.stream()
                .anyMatch(
                        block ->
                                block.type().equals("ENCRYPTED PRIVATE KEY")
                                        || (block.type().endsWith("PRIVATE KEY")
                                                && block.text().contains("ENCRYPTED")));
    }

    /** The first private key. */
    Optional<PrivateKey> key() throws GeneralSecurityException {
        for (Block block : blocks) {
            switch (block.type()) {
                case "PRIVATE KEY" -> {
                    return Optional.of(pkcs8(block.bytes()));
                }
                case "RSA PRIVATE KEY" -> {
                    return Optional.of(pkcs8(wrap(RSA, block.bytes())));
                }
                case "EC PRIVATE KEY" -> {
                    byte[] key = block.bytes();
                    return Optional.of(pkcs8(wrap(der(0x30, EC, curve(key)), key)));
                }
                default -> {}
            }
        }
        return Optional.empty();
    }

    private static PrivateKey pkcs8(byte[] encoded) throws GeneralSecurityException {
        for (String algorithm : List.of("RSA", "EC", "Ed25519", "Ed448")) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException e) {
                // Of another kind.
            }
        }
        throw new GeneralSecurityException("neither an RSA, an EC nor an EdDSA key");
    }

    /** PrivateKeyInfo (RFC 5208) around a key of a known algorithm. */
    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return der(0x30, new byte[] {0x02, 0x01, 0x00}, algorithm, der(0x04, key));
    }

    /**
     * The named curve of an ECPrivateKey (RFC 5915): version, key, then [0] with the curve's OID.
     */
    private static byte[] curve(byte[] key) throws GeneralSecurityException {
        try {
            ByteBuffer in = ByteBuffer.wrap(key);
            enter(in, 0x30);
            skip(in, 0x02);
            skip(in, 0x04);
            byte[] oid = new byte[enter(in, 0xa0)];
            in.get(oid);
            return oid;
        } catch (RuntimeException e) {
            throw new GeneralSecurityException("an EC key without its curve", e);
        }
    }

    private static int enter(ByteBuffer in, int tag) {
        if ((in.get() & 0xff) != tag) {
            throw new IllegalArgumentException("unexpected tag");
        }
        int first = in.get() & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f) && i < 3; i++) {
            length = (length << 8) | (in.get() & 0xff);
        }
        return length;
    }

    private static void skip(ByteBuffer in, int tag) {
        int length = enter(in, tag);
        in.position(in.position() + length);
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = body.size();
        if (length < 0x80) {
            out.write(length);
        } else {
            out.write(0x83);
            out.write(length >> 16);
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(body.toByteArray());
        return out.toByteArray();
    }
}
