package dev.gantry.server.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;

/**
 * Stands before Netty's SPDY codec and breaks off at a control frame that is longer than we take:
 * the codec would keep as many settings, and inflate as many headers, as 16 MiB can hold.
 */
final class SpdyGuard extends ChannelInboundHandlerAdapter {
    private static final int HEAD = 8;

    /** The head of the frame, as far as it is here. */
    private final byte[] head = new byte[HEAD];

    private int have;
    private int rest;
    private boolean broken;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (broken || !fits(bytes)) {
            bytes.release();
            if (!broken) {
                broken = true;
                ctx.fireExceptionCaught(
                        new TooLongFrameException(
                                "a control frame is longer than %d bytes"
                                        .formatted(Limits.CONTROL_FRAME)));
            }
            return;
        }
        ctx.fireChannelRead(bytes);
    }

    private boolean fits(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (rest > 0) {
                int n = Math.min(rest, end - at);
                at += n;
                rest -= n;
                continue;
            }
            head[have++] = bytes.getByte(at++);
            if (have == HEAD) {
                have = 0;
                rest = (head[5] & 0xff) << 16 | (head[6] & 0xff) << 8 | (head[7] & 0xff);
                boolean control = head[0] < 0;
                if (control && rest > Limits.CONTROL_FRAME) {
                    return false;
                }
            }
        }
        return true;
    }
}
