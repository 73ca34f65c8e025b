package dev.gantry.linux.hash;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** The functions of OpenSSL 3 that hash (EVP_DigestInit(3)), by JNA's direct mapping. */
final class LibCrypto {
    static {
        Native.register("libcrypto.so.3");
    }

    private LibCrypto() {}

    static native Pointer EVP_sha256();

    static native Pointer EVP_sha512();

    static native @Nullable Pointer EVP_MD_CTX_new();

    static native void EVP_MD_CTX_free(Pointer context);

    static native int EVP_DigestInit_ex(Pointer context, Pointer type, @Nullable Pointer engine);

    static native int EVP_DigestUpdate(Pointer context, Pointer data, long length);

    static native int EVP_DigestFinal_ex(Pointer context, Pointer result, @Nullable Pointer length);
}
