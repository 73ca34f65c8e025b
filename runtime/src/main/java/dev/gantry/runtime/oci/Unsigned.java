package dev.gantry.runtime.oci;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.math.BigInteger;

/** JSON numbers of 64 bits without a sign (Go's uint64), held in a long. */
final class Unsigned {
    private Unsigned() {}

    static final class Serializer extends JsonSerializer<Long> {
        @Override
        public void serialize(Long value, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            out.writeNumber(new BigInteger(Long.toUnsignedString(value)));
        }
    }

    static final class Deserializer extends JsonDeserializer<Long> {
        @Override
        public Long deserialize(JsonParser in, DeserializationContext context) throws IOException {
            BigInteger number = in.getBigIntegerValue();
            return number.signum() >= 0 && number.bitLength() <= Long.SIZE
                    ? Long.valueOf(number.longValue())
                    : (Long)
                            context.handleWeirdNumberValue(
                                    Long.class,
                                    number,
                                    "is not a number of 64 bits without a sign");
        }

        @Override
        public Long getNullValue(DeserializationContext context) {
            return 0L;
        }

        @Override
        public Object getAbsentValue(DeserializationContext context) {
            return 0L;
        }
    }
}
