package dev.gantry.networks.dns;

import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Who answers what, as docker does: names of containers are answered here, for every type, so that
 * none leaks; a name of the other address family is there without records; addresses of the network
 * that nobody has do not exist; all else is passed on, also names without a dot.
 */
final class Answers {
    private final Zone zone;
    private final Forwarder forwarder;

    Answers(Zone zone, Forwarder forwarder) {
        this.zone = zone;
        this.forwarder = forwarder;
    }

    /**
     * The answer to a client.
     *
     * @param limit bytes that it takes
     */
    byte[] answer(Query query, InetAddress client, Transport transport, int limit) {
        if (query.objection().isPresent() || query.question().isEmpty()) {
            return Response.empty(query, query.objection().orElse(DnsResponseCode.FORMERR));
        }
        return own(query, query.question().get(), limit)
                .or(() -> forwarder.ask(query, zone.resolvers(client), transport))
                .orElseGet(() -> Response.empty(query, DnsResponseCode.SERVFAIL));
    }

    private Optional<byte[]> own(Query query, Question question, int limit) {
        Optional<InetAddress> reverse = ReverseName.parse(question.name());
        if (reverse.isPresent()) {
            return reverse.filter(zone::contains)
                    .map(address -> pointer(query, question, address, limit));
        }
        return zone.addresses(question.name())
                .map(
                        addresses ->
                                Response.addresses(
                                        query, asked(addresses, question.type()), limit));
    }

    private byte[] pointer(Query query, Question question, InetAddress address, int limit) {
        Optional<String> name = zone.name(address);
        if (name.isEmpty()) {
            return Response.empty(query, DnsResponseCode.NXDOMAIN);
        }
        boolean wanted = question.type().equals(DnsRecordType.PTR);
        return wanted
                ? Response.pointer(query, name.get(), limit)
                : Response.empty(query, DnsResponseCode.NOERROR);
    }

    /** In another order each time, so that containers of one alias share what comes. */
    private static List<InetAddress> asked(List<InetAddress> addresses, DnsRecordType type) {
        boolean any = type.equals(DnsRecordType.ANY);
        List<InetAddress> asked = new ArrayList<>();
        for (InetAddress address : addresses) {
            DnsRecordType own =
                    address instanceof Inet4Address ? DnsRecordType.A : DnsRecordType.AAAA;
            if (any || own.equals(type)) {
                asked.add(address);
            }
        }
        Collections.shuffle(asked);
        return asked;
    }
}
