package dev.gantry.cli.http2;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Decodes HPACK's Huffman code (RFC 7541, appendix B). */
final class Huffman {
    /**
     * The length of each symbol's code: 'A' is 1 bit. The code is canonical, so that lengths are
     * enough.
     */
    private static final String LENGTHS =
            "MW\\\\\\\\\\\\\\X^\\\\^\\\\\\\\\\\\\\\\^\\\\\\\\\\\\\\\\\\FJJLMFHKJJHKHFFFEEEFFFFFFFGHOFLJMF"
                    + "GGGGGGGGGGGGGGGGGGGGGGHGHMSMNFOEFEFEFFFEGGFFFEFGFEEFGGGGGOKNM\\"
                    + "TVTTVVVWVWWWWWXWXXVWXWWWWUVWVWWXVUTVVWWUWVVXUVWWUUVUWVWWTVVVWVVWZZTSVWVYZZZ[[ZXYSUZ[[Z[XUUZZ\\[[["
                    + "TXTUVUUWVVYYXXZWZ[ZZ[[[[[\\[[[[[Z^";

    private static final int END = 256;
    private static final int LONGEST = 30;

    private final int[] firstCode = new int[LONGEST + 2];
    private final int[] firstIndex = new int[LONGEST + 2];
    private final int[] count = new int[LONGEST + 2];
    private final int[] symbols = new int[LENGTHS.length()];

    Huffman() {
        for (int i = 0; i < LENGTHS.length(); i++) {
            count[length(i)]++;
        }
        int code = 0;
        int index = 0;
        for (int bits = 1; bits <= LONGEST; bits++) {
            firstCode[bits] = code;
            firstIndex[bits] = index;
            for (int symbol = 0; symbol < LENGTHS.length(); symbol++) {
                if (length(symbol) == bits) {
                    symbols[index++] = symbol;
                }
            }
            code = (code + count[bits]) << 1;
        }
    }

    private static int length(int symbol) {
        return LENGTHS.charAt(symbol) - 'A' + 1;
    }

    byte[] decode(byte[] from, int offset, int length) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length * 2);
        int code = 0;
        int bits = 0;
        for (int i = 0; i < length * 8; i++) {
            int bit = (from[offset + (i >> 3)] >> (7 - (i & 7))) & 1;
            code = (code << 1) | bit;
            bits++;
            int place = code - firstCode[bits];
            if (place >= 0 && place < count[bits]) {
                int symbol = symbols[firstIndex[bits] + place];
                if (symbol == END) {
                    throw new IOException("the end symbol inside a header");
                }
                out.write(symbol);
                code = 0;
                bits = 0;
            } else if (bits >= LONGEST) {
                throw new IOException("no such Huffman code in a header");
            }
        }
        return out.toByteArray();
    }
}
