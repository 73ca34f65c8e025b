package dev.gantry.linux.ipc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A polled descriptor as the JDK's streams. */
final class PolledStreams {
    private PolledStreams() {}

    static final class Input extends InputStream {
        private final PolledDescriptor descriptor;

        Input(PolledDescriptor descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return descriptor.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            return descriptor.read(to, offset, length);
        }

        @Override
        public void close() {
            descriptor.close();
        }
    }

    static final class Output extends OutputStream {
        private final PolledDescriptor descriptor;

        Output(PolledDescriptor descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        public void write(int one) throws IOException {
            descriptor.write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            descriptor.write(from, offset, length);
        }

        @Override
        public void close() {
            descriptor.close();
        }
    }
}
