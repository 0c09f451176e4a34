package lib.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZstdTest {
    /** {@code recording(41)} by zstd -19. */
    private static final byte[] PACKED = Base64.getDecoder().decode("""
        KLUv/WTSo7U3AIp72A4fYIkK6Sib9WD/P7OT6ifDMC12yy1lSinFWeaqo8FxPAEB1ADaADw9bPxKc+2jnEMURVrHO1LJajfPu2l2G7/SXPso5xBFkdbxjlSy\
        Wq25LLmNX2mufZRziKJI63hHqgJSQZHktvErzbWPcg5RFGkd7wIXqBzHbfxKc+2jnEMURVrHGO8YYxu/0lz7KOcQRZGIViLaxq801z7KOUQhRAkhhm3jV5pr\
        H+WcGZqZYbbxK821jyJyisgg2/iV5tr/8f/wbfxKs122B2/j15a2QAITFhgotB26jeRJDjxwQAAHCxEQgBBBgeFBAwVDBAkThgAUxsAGWIIHEBosUA8mMEiw\
        wAEECQrbSsGCggIABxBIWJBANVAKU0AwcpcETMGAbQUobJjCAQ4qZLWczfskC8vDXfAn0gfr6zguo4PadgPHO1LJajmb90kWloe74E+kD9ZXmhBLF5YdreMd\
        qWS1nM37JAvLw13wJ9KHqItVTNZ1DCOKtI53pJLVcjbvkywsD3fBn4Y+Y2pwkAYZoijSOt6RSlbL2bxPsrA83IX8QkJEohhOOYcoirSOd6SS1XI275MsLM/3\
        i/+CgjN4H+UcoijSOt6RSlbL2bxPsrjs8T4cytC59lHOIYoireMdqWS1nM37JVdaQuEHrjTXPso5RFGkdbwjlayWs3nzJD+lEa2hToxezCToEjQ9BhPpg/V1\
        wl5aErfk3Ug/UxrRGurE6MV8mmcaKvgT6YP1dcJeWhK35N1IP1Ma0RrqxOjF6KgYONwFfyJ9sL5O2EtL4pa8G+lnSiNaQ52gUmeYsDzcBX8ifbC+TthLS+KW\
        vBvpZ0ojWKKiMsxJFpaHu+BPpA/W17FvSdySdyP9TGmm0w9i3idZWB7ugj+RPlhfx74lcUvejfQjlXp4OZv3SRaWh7vgT6QP1texb0ncknfTt4PJajmb90kW\
        loe74E+kD9bXsW9JFrxQrtuRGtt3MYhoDXVi9GImQZeoR/bpJhIXjTeEP8g0xmp4eIZPaURrqBOjFzMJukQ9sk83kbhovCH8QaZhsgyWfqY0ojXUidGLmQRd\
        oh7Zp5tIXDTeEP4QFv7QdyP9TGlEa6gToxczCbpEPbJPN5G4aLzhsQe6Je9G+pnSiNZQJ0YvZhJ0iXpkn24icZHFHdaSuCXvRvqZ0ojWUDf6megS9cg+kYnI\
        97CXlsQteTfSz5RGtIY6MXoxk6BL1CP7ZHuDrBP20pK4Je9G+pnSiNZQN/qZ6BL1jFx/sL5O2EtL4pa8G+lnAoQsqJOAE99p/zfjjUIkIjQk82MgCJQQYCEI\
        JAigcAsSAo0gI1BeeaSoIG3oSUXxTZH4T7eX3gF1yqsK/aEgDN2UkUpdQy2V/gN2yotOGZhECWeYulOp3WZU0j/Ijq3YoZPufnCOLpUMqJOPOkkDJ8mNWUpT\
        UxeW2jseG/oH2bESPTRjBkPtrCJTioooWPRtlIbNLpQqhIkrBtleqMDqcqn2frSRJuBD9OAD2hRXFHo3EmrvTF1YesPLF2it0mMRYvwRNaUW1f5L40BO2QCm\
        lx1F+tdnw90YOtrIaZI1GMx9BmjfbuDedYmMpGlRDK1Jv1uJIIG8dMq7v78YXHHQCu4kQl4A5aMBlDF5v289XTcy6AYOgbzGwD33k6/PbVsoBzvpKGcmdbFK\
        vLFWrXV9bbNw46hxuJmWhKFvB6OEKYNW6LWZawc3VHoB1Ea7j9wxRgmN16tmSzoxJGjdIjJZWUtNTv1/uHjvW09XKmjipuxqYQGPOQ2KdfZBM3C7I4s8q1UN\
        tlHauP4jCCXGahTzSR2vgEKj6TNK0UNZWdUaGkLTmtZ2NI4CyS7anUjp02wVakoG5dUFVSYPGrtxbwNy/gCkxU5EucilKEMPRRWk3qEL+WupC8wCeMqYiHxZ\
        TNIrGyaVIvWGLqT24bkVTeBCAPDtNyYcMUmnNFgUuYqGVsBM0CY3cAvPIu1H1cblM5kElTx1u1iBofWIjNOnkgukcDirMLmkxAJSFHTFqsy4dTPHsyBDYY4D\
        6iR8CrdD4uuT2nEh1kydsJvx8luhTaFjaSku5GVfYgZTATT1yKsJ4b7xo8Jb5DW7eL9cFTxkDkYriTVkaTT2Wyzaju2IPLQuL3qoznQSFkpuDalKCSKM80tE\
        axlp5/ZrVdBDUyuYYqq/EYNoje3BcNfHiQSoEqG1Z2mXayGxQ1UWDecY670pjqsNlUA2IinQZckpQxfSkpviuOff1eokUy1k0kRRI2SwLLI67UvSlf9hI6wm\
        2Lwks1iQQc6UxDNuR/s9JAYDIK64okf5xgXPuFXD5Rp4H6srN6sXvgfrdcWJhz4fGwnlOVfPOdbVkDrdlwi/HEHioXdUADCGrgSkBIhS10toV3FIdmc=\
        """);

    private static byte[] recording() {
        return StackReaderTest.recording(41).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] unpack(byte[] packed) throws IOException {
        return new Zstd(new ByteArrayInputStream(packed)).readAllBytes();
    }

    @Test
    void framesAreReadOneAfterTheOther() throws IOException {
        assertArrayEquals(recording(), unpack(PACKED));
        ByteArrayOutputStream several = new ByteArrayOutputStream();
        several.writeBytes(new byte[] {0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3}); // to be skipped
        several.writeBytes(PACKED);
        several.writeBytes(PACKED);
        assertEquals(2 * recording().length, unpack(several.toByteArray()).length);
        assertEquals(Fold.folded(Fold.read(recording(), new ReadOptions())), Fold.folded(Fold.read(PACKED, new ReadOptions())));
    }

    @Test
    void whereverItIsCutThatIsTold() {
        for (int length = 1; length < PACKED.length; length++) {
            byte[] cut = Arrays.copyOf(PACKED, length);
            assertThrows(IOException.class, () -> unpack(cut), "at " + length);
        }
    }

    /** Damage ends in what it is told to end in, whatever the bytes are. */
    @Test
    void damageIsTold() {
        Random random = new Random(1);
        int told = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = PACKED.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt(256);
            }
            try {
                unpack(damaged);
            } catch (IOException e) {
                told++;
            }
        }
        assertTrue(told > 10_000, told + " of 20,000");
    }

    @Test
    void whatIsTooLargeOrNeedsADictionaryIsRefused() {
        byte[] large = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) 0xf8};
        assertTrue(assertThrows(IOException.class, () -> unpack(large)).getMessage().contains("64 MB"));
        byte[] dictionary = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 1, 0, 7};
        assertTrue(assertThrows(IOException.class, () -> unpack(dictionary)).getMessage().contains("dictionary"));
    }

    @Test
    void whatZstdPacked(@TempDir Path dir) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/zstd")), "no zstd on this machine");
        Random random = new Random(1);
        byte[] noise = new byte[300_000];
        random.nextBytes(noise);
        byte[] mixed = new byte[1_000_000];
        for (int i = 0; i < mixed.length; i++) mixed[i] = (byte) (i % 1000 < 300 ? random.nextInt(8) : mixed[Math.max(0, i - 70_001)] + i / 200_000);
        List<byte[]> contents = List.of(new byte[0], new byte[1], new byte[400_000], noise, mixed,
                StackReaderTest.recording(5000).getBytes(StandardCharsets.UTF_8));
        Path plain = dir.resolve("plain");
        Path packed = dir.resolve("packed");
        for (byte[] content : contents) {
            Files.write(plain, content);
            for (String[] options : new String[][] {{"-1"}, {"-3", "--no-check"}, {"-9"}, {"-19"}, {"-1", "--long=26"}, {"--fast=5"}}) {
                ProcessBuilder zstd = new ProcessBuilder("zstd", "-q", "-c").redirectInput(plain.toFile()).redirectOutput(packed.toFile())
                        .redirectError(Redirect.INHERIT);
                zstd.command().addAll(List.of(options));
                assertEquals(0, zstd.start().waitFor());
                assertArrayEquals(content, unpack(Files.readAllBytes(packed)), content.length + " bytes by " + String.join(" ", options));
            }
        }
    }
}
