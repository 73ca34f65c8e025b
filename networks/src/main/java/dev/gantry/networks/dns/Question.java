package dev.gantry.networks.dns;

import io.netty.handler.codec.dns.DnsRecordType;
import java.util.Locale;

/**
 * What is asked.
 *
 * @param name in lower case, without the dot at its end
 */
record Question(String name, DnsRecordType type) {
    static Question of(String asked, DnsRecordType type) {
        String name = asked.endsWith(".") ? asked.substring(0, asked.length() - 1) : asked;
        return new Question(name.toLowerCase(Locale.ROOT), type);
    }
}
