package dev.gantry.networks.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Messages to clients (RFC 1035, section 4), of our own making. */
final class Response {
    /** How long a client may keep a container's address; a restart gives it another one. */
    static final int TTL_SECONDS = 5;

    private static final int RESPONSE = 0x8000;
    private static final int TRUNCATED = 0x0200;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RECURSION_AVAILABLE = 0x0080;
    private static final int POINTER = 0xc000;
    private static final int LONGEST_LABEL = 63;

    private record Entry(DnsRecordType type, ByteBuf data) {}

    private Response() {}

    /** An answer without records. */
    static byte[] empty(Query query, DnsResponseCode code) {
        return encode(query, code, List.of(), false);
    }

    /** Addresses of the family that is asked for; as many as fit, and marked when not all do. */
    static byte[] addresses(Query query, List<InetAddress> addresses, int limit) {
        List<Entry> records = new ArrayList<>();
        for (InetAddress address : addresses) {
            DnsRecordType type =
                    address instanceof Inet4Address ? DnsRecordType.A : DnsRecordType.AAAA;
            records.add(new Entry(type, Unpooled.wrappedBuffer(address.getAddress())));
        }
        return fitting(query, records, limit);
    }

    /** A container's name for an address. */
    static byte[] pointer(Query query, String hostname, int limit) {
        ByteBuf name = Unpooled.buffer();
        for (String label : hostname.split("\\.", -1)) {
            byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
            if (bytes.length == 0 || bytes.length > LONGEST_LABEL) {
                return empty(query, DnsResponseCode.NXDOMAIN);
            }
            name.writeByte(bytes.length).writeBytes(bytes);
        }
        name.writeByte(0);
        return fitting(query, List.of(new Entry(DnsRecordType.PTR, name)), limit);
    }

    private static byte[] fitting(Query query, List<Entry> records, int limit) {
        byte[] whole = encode(query, DnsResponseCode.NOERROR, records, false);
        return whole.length <= limit
                ? whole
                : encode(query, DnsResponseCode.NOERROR, List.of(), true);
    }

    /** The question goes back byte for byte, and records have its name by a pointer to it. */
    private static byte[] encode(
            Query query, DnsResponseCode code, List<Entry> records, boolean truncated) {
        ByteBuf out = Unpooled.buffer();
        out.writeShort(query.id());
        out.writeShort(
                RESPONSE
                        | RECURSION_AVAILABLE
                        | (query.recursionDesired() ? RECURSION_DESIRED : 0)
                        | (truncated ? TRUNCATED : 0)
                        | code.intValue());
        out.writeShort(query.question().isPresent() ? 1 : 0);
        out.writeShort(records.size());
        out.writeInt(0);
        out.writeBytes(query.questionBytes());
        for (Entry record : records) {
            out.writeShort(POINTER | Query.HEADER_BYTES);
            out.writeShort(record.type().intValue());
            out.writeShort(DnsRecord.CLASS_IN);
            out.writeInt(TTL_SECONDS);
            out.writeShort(record.data().readableBytes());
            out.writeBytes(
                    record.data(), record.data().readerIndex(), record.data().readableBytes());
        }
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }
}
