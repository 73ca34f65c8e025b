package dev.gantry.cli.http2;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Header blocks (RFC 7541) without a dynamic table: the settings forbid the peer's encoder one, and
 * ours needs none for a few calls.
 */
final class Hpack {
    private static final String[] STATIC = {
        ":authority",
        "",
        ":method",
        "GET",
        ":method",
        "POST",
        ":path",
        "/",
        ":path",
        "/index.html",
        ":scheme",
        "http",
        ":scheme",
        "https",
        ":status",
        "200",
        ":status",
        "204",
        ":status",
        "206",
        ":status",
        "304",
        ":status",
        "400",
        ":status",
        "404",
        ":status",
        "500",
        "accept-charset",
        "",
        "accept-encoding",
        "gzip, deflate",
        "accept-language",
        "",
        "accept-ranges",
        "",
        "accept",
        "",
        "access-control-allow-origin",
        "",
        "age",
        "",
        "allow",
        "",
        "authorization",
        "",
        "cache-control",
        "",
        "content-disposition",
        "",
        "content-encoding",
        "",
        "content-language",
        "",
        "content-length",
        "",
        "content-location",
        "",
        "content-range",
        "",
        "content-type",
        "",
        "cookie",
        "",
        "date",
        "",
        "etag",
        "",
        "expect",
        "",
        "expires",
        "",
        "from",
        "",
        "host",
        "",
        "if-match",
        "",
        "if-modified-since",
        "",
        "if-none-match",
        "",
        "if-range",
        "",
        "if-unmodified-since",
        "",
        "last-modified",
        "",
        "link",
        "",
        "location",
        "",
        "max-forwards",
        "",
        "proxy-authenticate",
        "",
        "proxy-authorization",
        "",
        "range",
        "",
        "referer",
        "",
        "refresh",
        "",
        "retry-after",
        "",
        "server",
        "",
        "set-cookie",
        "",
        "strict-transport-security",
        "",
        "transfer-encoding",
        "",
        "user-agent",
        "",
        "vary",
        "",
        "via",
        "",
        "www-authenticate",
        "",
    };

    private final Huffman huffman = new Huffman();
    private byte[] block = new byte[0];
    private int at;

    /** Each field literally and never indexed. */
    static byte[] encode(List<Header> headers) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        for (Header header : headers) {
            out.write(0);
            string(out, header.name());
            string(out, header.value());
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int length = bytes.length;
        if (length < 0x7f) {
            out.write(length);
        } else {
            out.write(0x7f);
            length -= 0x7f;
            while (length >= 0x80) {
                out.write((length & 0x7f) | 0x80);
                length >>>= 7;
            }
            out.write(length);
        }
        out.writeBytes(bytes);
    }

    /** The fields of a whole block. Called by one thread. */
    List<Header> decode(byte[] wholeBlock) throws IOException {
        block = wholeBlock;
        at = 0;
        List<Header> headers = new ArrayList<>();
        while (at < block.length) {
            int first = block[at] & 0xff;
            if ((first & 0x80) != 0) {
                int index = integer(7);
                headers.add(new Header(known(index, 0), known(index, 1)));
            } else if ((first & 0xe0) == 0x20) {
                if (integer(5) != 0) {
                    throw new IOException("the daemon wants a dynamic table of headers");
                }
            } else {
                int index = integer((first & 0x40) != 0 ? 6 : 4);
                String name = index == 0 ? string() : known(index, 0);
                headers.add(new Header(name, string()));
            }
        }
        return headers;
    }

    private static String known(int index, int part) throws IOException {
        int place = (index - 1) * 2 + part;
        if (index < 1 || place >= STATIC.length) {
            throw new IOException("a header refers to entry " + index + ", which is not there");
        }
        return STATIC[place];
    }

    private int next() throws IOException {
        if (at == block.length) {
            throw new IOException("a header block ends inside a field");
        }
        return block[at++] & 0xff;
    }

    /** RFC 7541, section 5.1. */
    private int integer(int prefix) throws IOException {
        int mask = (1 << prefix) - 1;
        int value = next() & mask;
        if (value < mask) {
            return value;
        }
        for (int shift = 0; shift <= 21; shift += 7) {
            int b = next();
            value += (b & 0x7f) << shift;
            if ((b & 0x80) == 0) {
                return value;
            }
        }
        throw new IOException("a number in a header is too large");
    }

    private String string() throws IOException {
        boolean packed = at < block.length && (block[at] & 0x80) != 0;
        int length = integer(7);
        if (length > block.length - at) {
            throw new IOException("a header block ends inside a string");
        }
        byte[] bytes =
                packed
                        ? huffman.decode(block, at, length)
                        : java.util.Arrays.copyOfRange(block, at, at + length);
        at += length;
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
