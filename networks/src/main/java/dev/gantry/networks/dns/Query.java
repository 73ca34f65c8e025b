package dev.gantry.networks.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordDecoder;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.util.Arrays;
import java.util.Optional;

/**
 * A message that came from a client (RFC 1035, section 4): its header and, when it is one that can
 * be answered, its question.
 */
final class Query {
    static final int HEADER_BYTES = 12;

    private static final int RESPONSE = 0x8000;
    private static final int OPCODE = 0x7800;
    private static final int RECURSION_DESIRED = 0x0100;

    private final byte[] bytes;
    private final Optional<Question> question;
    private final Optional<DnsResponseCode> objection;
    private final boolean edns;
    private final int questionEnd;

    private Query(
            byte[] bytes,
            Optional<Question> question,
            Optional<DnsResponseCode> objection,
            boolean edns,
            int questionEnd) {
        this.questionEnd = questionEnd;
        this.bytes = bytes;
        this.question = question;
        this.objection = objection;
        this.edns = edns;
    }

    /** Empty for what deserves no answer: no message, or an answer itself. */
    static Optional<Query> parse(byte[] bytes) {
        if (bytes.length < HEADER_BYTES) {
            return Optional.empty();
        }
        ByteBuf message = Unpooled.wrappedBuffer(bytes);
        int flags = message.getUnsignedShort(2);
        if ((flags & RESPONSE) != 0) {
            return Optional.empty();
        }
        if ((flags & OPCODE) != 0) {
            return Optional.of(bad(bytes, DnsResponseCode.NOTIMP));
        }
        if (message.getUnsignedShort(4) != 1) {
            return Optional.of(bad(bytes, DnsResponseCode.FORMERR));
        }
        message.readerIndex(HEADER_BYTES);
        boolean edns = message.getUnsignedShort(10) > 0;
        return Optional.of(
                question(message)
                        .map(
                                question ->
                                        new Query(
                                                bytes,
                                                Optional.of(question),
                                                Optional.empty(),
                                                edns,
                                                message.readerIndex()))
                        .orElseGet(() -> bad(bytes, DnsResponseCode.FORMERR)));
    }

    /** A question is the first of a message: there is nothing that its name could point at. */
    private static boolean compressed(ByteBuf message) {
        int at = HEADER_BYTES;
        while (message.getByte(at) > 0) {
            at += message.getByte(at) + 1;
        }
        return message.getByte(at) != 0;
    }

    private static Query bad(byte[] bytes, DnsResponseCode code) {
        return new Query(bytes, Optional.empty(), Optional.of(code), false, HEADER_BYTES);
    }

    private static Optional<Question> question(ByteBuf message) {
        try {
            DnsQuestion asked = DnsRecordDecoder.DEFAULT.decodeQuestion(message);
            return asked.dnsClass() == DnsRecord.CLASS_IN && !compressed(message)
                    ? Optional.of(Question.of(asked.name(), asked.type()))
                    : Optional.empty();
        } catch (Exception e) {
            // Names that lead round in circles or out of the message; the decoder throws anything.
            return Optional.empty();
        }
    }

    /** The question as it came; nothing when it is none. */
    byte[] questionBytes() {
        return Arrays.copyOfRange(bytes, HEADER_BYTES, questionEnd);
    }

    /** A copy of the whole message, as it goes on to another resolver. */
    byte[] copy() {
        return bytes.clone();
    }

    Optional<Question> question() {
        return question;
    }

    /** What is wrong with it, when it is no question for us. */
    Optional<DnsResponseCode> objection() {
        return objection;
    }

    /** Whether the client says that it takes more than 512 bytes (RFC 6891). */
    boolean edns() {
        return edns;
    }

    int id() {
        return (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
    }

    boolean recursionDesired() {
        return ((bytes[2] & 0xff) << 8 & RECURSION_DESIRED) != 0;
    }
}
