package dev.gantry.cli.http2;

import io.grpc.Metadata;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** gRPC's meaning of header fields. */
final class Trailers {
    private Trailers() {}

    static Metadata metadata(List<Header> headers) {
        Metadata metadata = new Metadata();
        for (Header header : headers) {
            String name = header.name();
            if (name.startsWith(":") || name.equals("grpc-status")) {
                continue;
            }
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                byte[] value = Base64.getDecoder().decode(header.value());
                metadata.put(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER), value);
            } else {
                metadata.put(
                        Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), header.value());
            }
        }
        return metadata;
    }

    /** How a call ended, by its last headers. */
    static Status status(List<Header> headers) {
        Optional<String> code = value(headers, "grpc-status");
        if (code.isEmpty()) {
            return Status.UNKNOWN.withDescription(
                    "the answer is not gRPC's: HTTP status "
                            + value(headers, ":status").orElse("missing"));
        }
        Status status;
        try {
            status = Status.fromCodeValue(Integer.parseInt(code.get()));
        } catch (NumberFormatException e) {
            status = Status.UNKNOWN;
        }
        Optional<String> message = value(headers, "grpc-message");
        return message.isPresent() ? status.withDescription(percentDecoded(message.get())) : status;
    }

    static Optional<String> value(List<Header> headers, String name) {
        return headers.stream()
                .filter(header -> header.name().equals(name))
                .map(Header::value)
                .findFirst();
    }

    private static String percentDecoded(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high =
                    c == '%' && i + 2 < text.length()
                            ? Character.digit(text.charAt(i + 1), 16)
                            : -1;
            int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (low >= 0) {
                out.write((high << 4) | low);
                i += 2;
            } else {
                out.write(c);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** The status of a stream that was reset (RFC 9113, section 7). */
    static Status reset(int code) {
        return switch (code) {
            case FrameType.CANCEL ->
                    Status.CANCELLED.withDescription("the daemon gave the call up");
            case 7 -> Status.UNAVAILABLE.withDescription("the daemon refuses more calls at once");
            case 11 -> Status.RESOURCE_EXHAUSTED.withDescription("the daemon asks for calm");
            default ->
                    Status.INTERNAL.withDescription("the stream was reset, HTTP/2 error " + code);
        };
    }
}
