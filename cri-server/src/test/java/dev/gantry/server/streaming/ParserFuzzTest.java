package dev.gantry.server.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdyWindowUpdateFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** What reads from peers, on random and on damaged input. A failure prints its seed. */
class ParserFuzzTest {
    private static final long BASE = Long.getLong("fuzz.seed", System.nanoTime());

    private static Random random(RepetitionInfo run) {
        long seed = BASE + run.getCurrentRepetition();
        System.out.println("fuzz.seed=" + seed);
        return new Random(seed);
    }

    /** A server's end of a SPDY session that keeps what it was sent. */
    private static final class Peer {
        final List<SpdyStream> streams = new ArrayList<>();
        final EmbeddedChannel channel = new EmbeddedChannel();

        Peer() {
            SpdySession session =
                    new SpdySession(
                            channel,
                            16,
                            stream -> {
                                streams.add(stream);
                                return Optional.empty();
                            });
            Upgrades.addSpdy(channel.pipeline(), session);
        }

        /** Feeds the bytes cut anywhere. */
        void feed(byte[] bytes, Random random) {
            for (int at = 0; at < bytes.length && channel.isOpen(); ) {
                int n = Math.min(bytes.length - at, 1 + random.nextInt(random.nextInt(700) + 1));
                channel.writeInbound(Unpooled.copiedBuffer(bytes, at, n));
                channel.releaseOutbound();
                at += n;
            }
            channel.runPendingTasks();
            channel.releaseOutbound();
        }
    }

    private static byte[] session(Random random, ByteArrayOutputStream sent) {
        EmbeddedChannel codec = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
        DefaultSpdySynStreamFrame open = new DefaultSpdySynStreamFrame(1, 0, (byte) 0);
        open.headers().set("streamtype", "stdin").set("x", "y".repeat(random.nextInt(3000)));
        codec.writeOutbound(open);
        int frames = random.nextInt(30);
        for (int i = 0; i < frames; i++) {
            switch (random.nextInt(5)) {
                case 0 -> codec.writeOutbound(new DefaultSpdyPingFrame(2 * i + 1));
                case 1 -> codec.writeOutbound(new DefaultSpdyWindowUpdateFrame(1, 1000));
                case 2 -> {
                    DefaultSpdySynStreamFrame more =
                            new DefaultSpdySynStreamFrame(2 * i + 3, 0, (byte) 0);
                    more.headers().set("streamtype", "stdout");
                    codec.writeOutbound(more);
                }
                default -> {
                    byte[] data = new byte[random.nextInt(6000)];
                    random.nextBytes(data);
                    sent.writeBytes(data);
                    codec.writeOutbound(new DefaultSpdyDataFrame(1, Unpooled.wrappedBuffer(data)));
                }
            }
        }
        SpdyDataFrame end = new DefaultSpdyDataFrame(1);
        end.setLast(true);
        codec.writeOutbound(end);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuf out = codec.readOutbound(); out != null; out = codec.readOutbound()) {
            byte[] bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            all.writeBytes(bytes);
            out.release();
        }
        codec.finishAndReleaseAll();
        return all.toByteArray();
    }

    @RepeatedTest(60)
    void aSessionArrivesWholeWhereverItIsCut(RepetitionInfo run) throws IOException {
        Random random = random(run);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        Peer peer = new Peer();
        peer.feed(session(random, sent), random);
        assertThat(peer.streams.getFirst().header("streamtype")).isEqualTo("stdin");
        assertThat(peer.streams.getFirst().inbox().readAllBytes()).isEqualTo(sent.toByteArray());
        peer.channel.finishAndReleaseAll();
    }

    @RepeatedTest(200)
    void aDamagedSessionEndsOrGoesOnAndNeverThrows(RepetitionInfo run) {
        Random random = random(run);
        byte[] bytes = session(random, new ByteArrayOutputStream());
        int wounds = 1 + random.nextInt(8);
        for (int i = 0; i < wounds; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        Peer peer = new Peer();
        peer.feed(bytes, random);
        assertThat(peer.streams.size()).isLessThanOrEqualTo(40);
        peer.channel.finishAndReleaseAll();
    }

    @RepeatedTest(100)
    void noiseEndsASession(RepetitionInfo run) {
        Random random = random(run);
        byte[] noise = new byte[20_000];
        random.nextBytes(noise);
        noise[0] = (byte) 0x80;
        noise[1] = 2; // no version of ours
        Peer peer = new Peer();
        peer.feed(noise, random);
        peer.channel.checkException();
        assertThat(peer.channel.isOpen()).isFalse();
        peer.channel.finishAndReleaseAll();
    }

    @RepeatedTest(100)
    void channelMessagesKeepTheirBytesInBothForms(RepetitionInfo run) {
        Random random = random(run);
        byte[] data = new byte[random.nextInt(5000)];
        random.nextBytes(data);
        int from = data.length == 0 ? 0 : random.nextInt(data.length);
        int channel = random.nextInt(6);
        for (MessageForm form : MessageForm.values()) {
            WebSocketFrame frame =
                    form.wrap(
                            UnpooledByteBufAllocator.DEFAULT,
                            channel,
                            data,
                            from,
                            data.length - from);
            MessageForm.Message message = form.unwrap(frame.content());
            assertThat(message.channel()).isEqualTo(channel);
            byte[] back = new byte[message.data().readableBytes()];
            message.data().readBytes(back);
            assertThat(back).isEqualTo(java.util.Arrays.copyOfRange(data, from, data.length));
            frame.release();
        }
    }

    @RepeatedTest(100)
    void anyMessageIsTakenOrBreaksTheSession(RepetitionInfo run) {
        Random random = random(run);
        MessageForm form = random.nextBoolean() ? MessageForm.BINARY : MessageForm.BASE64;
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline()
                .addLast(new MessageSession(channel, form, random.nextBoolean(), 5, Set.of(0, 4)));
        for (int i = 0; i < 20 && channel.isOpen(); i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            ByteBuf content = Unpooled.wrappedBuffer(bytes);
            channel.writeInbound(
                    random.nextBoolean()
                            ? new BinaryWebSocketFrame(content)
                            : new TextWebSocketFrame(content));
            channel.checkException();
            channel.releaseOutbound();
        }
        channel.finishAndReleaseAll();
    }

    @RepeatedTest(100)
    void anyTerminalSizeIsReadOrRefused(RepetitionInfo run) {
        Random random = random(run);
        StringBuilder text = new StringBuilder();
        String alphabet = "{}\":,0123456789 WidthHeight\n[]x-.e";
        int length = random.nextInt(600);
        for (int i = 0; i < length; i++) {
            text.append(
                    random.nextInt(20) == 0
                            ? "{\"Width\":80,\"Height\":24}"
                            : alphabet.charAt(random.nextInt(alphabet.length())));
        }
        TerminalSizes sizes =
                new TerminalSizes(
                        new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8)));
        try {
            for (Optional<TerminalSizes.Size> size = sizes.next();
                    size.isPresent();
                    size = sizes.next()) {
                assertThat(size.get().rows()).isBetween(1, 65535);
                assertThat(size.get().columns()).isBetween(1, 65535);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("terminal size");
        }
    }

    @RepeatedTest(20)
    void resetsInAnyOrderLeaveNoStream(RepetitionInfo run) throws IOException {
        Random random = random(run);
        Peer peer = new Peer();
        EmbeddedChannel codec = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
        for (int id = 1; id < 400; id += 2) {
            DefaultSpdySynStreamFrame open = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
            open.headers().set("streamtype", "error");
            codec.writeOutbound(open);
            codec.writeOutbound(new DefaultSpdyRstStreamFrame(id, 5));
            for (ByteBuf out = codec.readOutbound(); out != null; out = codec.readOutbound()) {
                byte[] bytes = new byte[out.readableBytes()];
                out.readBytes(bytes);
                out.release();
                peer.feed(bytes, random);
            }
        }
        assertThat(peer.streams).hasSize(200);
        codec.finishAndReleaseAll();
        peer.channel.finishAndReleaseAll();
    }
}
