package dev.gantry.model;

import java.util.List;

/** A pod's resolver: name servers, search domains and options (CRI DNSConfig, resolv.conf(5)). */
public record DnsConfig(List<String> servers, List<String> searches, List<String> options) {
    public static final DnsConfig EMPTY = new DnsConfig(List.of(), List.of(), List.of());

    public DnsConfig {
        servers = List.copyOf(servers);
        searches = List.copyOf(searches);
        options = List.copyOf(options);
    }

    public boolean isEmpty() {
        return servers.isEmpty() && searches.isEmpty() && options.isEmpty();
    }
}
