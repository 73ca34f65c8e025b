package dev.gantry.imagestore.layers;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Random damage to an archive; most of it with the header checksums mended, to get past them. */
final class ArchiveMutation {
    private static final byte[][] TOKENS = {
        {'.', '.', '/'}, {'/'}, {'.', 'w', 'h', '.'}, {0}, {(byte) 0x80}, {(byte) 0xff}, {'7', '7'}
    };

    private ArchiveMutation() {}

    static byte[] mutate(byte[] blob, SplittableRandom random) {
        byte[] copy = blob.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            copy = change(copy, random);
        }
        if (random.nextInt(5) != 0) {
            mendChecksums(copy);
        }
        return copy;
    }

    private static byte[] change(byte[] bytes, SplittableRandom random) {
        int at = random.nextInt(Math.max(1, bytes.length));
        switch (random.nextInt(6)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> {
                byte[] token = TOKENS[random.nextInt(TOKENS.length)];
                System.arraycopy(token, 0, bytes, at, Math.min(token.length, bytes.length - at));
            }
            case 2 -> {
                int type = at / 512 * 512 + 156;
                if (type < bytes.length) {
                    bytes[type] = (byte) "01234567xgLKSVM".charAt(random.nextInt(15));
                }
            }
            case 3 -> {
                int field =
                        at / 512 * 512 + new int[] {0, 100, 108, 124, 136, 157}[random.nextInt(6)];
                if (field + 8 < bytes.length) {
                    bytes[field + random.nextInt(8)] = (byte) random.nextInt(256);
                }
            }
            case 4 -> {
                return Arrays.copyOf(bytes, Math.max(1, at));
            }
            default -> {
                int from = at / 512 * 512;
                int to = random.nextInt(bytes.length) / 512 * 512;
                int length = Math.min(512, bytes.length - Math.max(from, to));
                System.arraycopy(bytes, from, bytes, to, length);
            }
        }
        return bytes;
    }

    private static void mendChecksums(byte[] bytes) {
        for (int at = 0; at + 512 <= bytes.length; at += 512) {
            if (bytes[at + 257] == 'u' && bytes[at + 258] == 's') {
                Arrays.fill(bytes, at + 148, at + 156, (byte) ' ');
                int sum = 0;
                for (int i = at; i < at + 512; i++) {
                    sum += bytes[i] & 0xff;
                }
                byte[] digits =
                        "%06o\0"
                                .formatted(sum)
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                System.arraycopy(digits, 0, bytes, at + 148, 7);
            }
        }
    }
}
