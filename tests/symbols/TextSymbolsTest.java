package lib.symbols;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TextSymbolsTest {
    private static ByteArrayInputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void kernelFunctionsReachToTheNextSymbol() throws IOException {
        TextSymbols kernel = TextSymbols.kallsyms(text("""
                0000000000000000 A fixed_percpu_data
                ffffffff81000000 T _text
                ffffffff81000000 t startup
                ffffffff81000100 t f
                ffffffff81000140 D some_data
                ffffffff81000200 W g
                ffffffffc0000000 t nf_hook\t[nf_tables]
                not a line
                """));
        assertEquals("startup", kernel.at(0xffffffff810000ffL));
        assertEquals("f", kernel.at(0xffffffff8100013fL));
        assertNull(kernel.at(0xffffffff81000140L), "data is no function");
        assertEquals("g", kernel.at(0xffffffff81000200L));
        assertNull(kernel.at(0xffffffffa0000000L), "too far behind g");
        assertEquals("nf_hook", kernel.at(0xffffffffc0000010L));
        assertNull(kernel.at(0xffffffff80ffffffL));
        assertNull(kernel.at(0x10));
    }

    @Test
    void hiddenAddressesNameNothing() throws IOException {
        TextSymbols kernel = TextSymbols.kallsyms(text("0000000000000000 T f\n0000000000000000 T g\n"));
        assertEquals(0, kernel.size());
        assertNull(kernel.at(0));
    }

    @Test
    void codeMadeAtRunTimeEndsWithItsSize() throws IOException {
        TextSymbols map = TextSymbols.perfMap(text("""
                7f0000001000 40 LazyCompile:*f with spaces x.js:1
                0x7f0000002000 0x10 Lcom/Foo;::bar
                7f0000001000 20 newer
                7f0000003000 zz bad
                7f0000003000 0 empty
                """));
        assertEquals("newer", map.at(0x7f0000001000L));
        assertEquals("LazyCompile:*f with spaces x.js:1", map.at(0x7f0000001030L));
        assertNull(map.at(0x7f0000001040L));
        assertEquals("Lcom/Foo;::bar", map.at(0x7f000000200fL));
        assertNull(map.at(0x7f0000002010L));
        assertNull(map.at(0x7f0000003000L));
    }

    /** As many bytes as are asked for, all the same. */
    private static InputStream endless(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new InputStream() {
            private int at;

            @Override
            public int read() {
                return bytes[at++ % bytes.length];
            }
        };
    }

    @Test
    void whatIsLargerThanAnyKernelsIsRefusedBeforeItFillsTheMemory() {
        assertTrue(assertThrows(IOException.class, () -> TextSymbols.kallsyms(endless("a"))).getMessage().contains("in a line"));
        assertTrue(assertThrows(IOException.class, () -> TextSymbols.kallsyms(endless("\n"))).getMessage().contains("MB of text"));
        assertTrue(assertThrows(IOException.class, () -> TextSymbols.kallsyms(endless("1 t f\n"))).getMessage().contains("symbols"));
    }
}
