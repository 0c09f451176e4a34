package lib.formats;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * A hash of 128 bits with secret keys, new in each process: whoever writes an input cannot make two of its texts have one
 * hash. It is NH (Black, Halevi, Krawczyk, Krovetz, Rogaway: UMAC, 1999): the text in words of 64 bits, each with a key of
 * its own added, multiplied two by two, the lower and the upper halves of the products summed apart:
 * <pre>  low = &Sigma; lower((a<sub>i</sub> + k<sub>i</sub>)(b<sub>i</sub> + k'<sub>i</sub>))    high = &Sigma; upper(&hellip;)</pre>
 *
 * <p>Two different texts, whatever they are, have the same hash under at most 4 of 2<sup>64</sup> keys, if the words of the one
 * are not those of the other with zeros behind (they end with a newline that is the first one, so they are not). For take a
 * pair (a, b), (a', b') in which they differ, say a &ne; a', and keep all keys but k' of that pair. With x = a + k, y = b + k'
 * and so on, as signed numbers of 64 bits, x &ne; x'. Equal sums of both halves mean that xy &minus; x'y' is, modulo
 * 2<sup>128</sup>, one of two numbers: with or without a carry between the halves. And y' &minus; y, whatever k' is, is one of
 * two numbers, b' &minus; b modulo 2<sup>64</sup>. If two values of k' agreed in both, then for the difference D of the two y,
 * which is that of the two y' too, xD = x'D modulo 2<sup>128</sup>; as both products are smaller than 2<sup>127</sup> they are
 * equal, and x = x'. So there are at most 2 &middot; 2 such k'. Where one text is longer, its last pair alone does the same:
 * at most two k' with a given product unless x = 0, which is one k of all.
 *
 * <p>So among 2<sup>24</sup> lines (a gigabyte) looked up among the 2<sup>19</sup> that are remembered, the odds that any two are
 * taken for one are below 2<sup>24 + 19 + 2 &minus; 64</sup>, one in half a million, if somebody did his worst; otherwise they
 * are far smaller.
 */
final class SecretHash {
    private static final long[] KEYS = keys(4096);

    private SecretHash() { }

    /** So many keys, two for each 16 bytes of the longest text; the same ones whenever it is called. */
    static long[] keys() {
        return KEYS;
    }

    private static long[] keys(int count) {
        byte[] secret = new byte[Long.BYTES * count];
        try (InputStream random = Files.newInputStream(Path.of("/dev/urandom"))) {
            random.readNBytes(secret, 0, secret.length);
        } catch (IOException e) {
            new SecureRandom().nextBytes(secret); // takes 50 ms to set up
        }
        long[] keys = new long[count];
        ByteBuffer.wrap(secret).asLongBuffer().get(keys);
        return keys;
    }
}
