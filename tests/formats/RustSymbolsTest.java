package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RustSymbolsTest {
    private static void assertName(String name, String symbol) {
        assertEquals(name, RustSymbols.demangle(symbol));
    }

    @Test
    void legacy() {
        assertName("alpha::beta::gamma", "_ZN5alpha4beta5gamma17h0123456789abcdefE");
        assertName("<T as alpha::Into<U>>::into", "_ZN42_$LT$T$u20$as$u20$alpha..Into$LT$U$GT$$GT$4into17hfedcba9876543210E");
        assertName("alpha::{{closure}}", "_ZN5alpha28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE");
    }

    @Test
    void undoneInHalf() {
        assertName("alpha::run", "alpha::run::h0123456789abcdef");
        assertName("<&T as alpha::Show>::show", "_$LT$$RF$T$u20$as$u20$alpha..Show$GT$::show::h0123456789abcdef");
    }

    @Test
    void v0() {
        assertName("mycrate::foo", "_RNvCs1234_7mycrate3foo");
        assertName("mycrate::sub::foo", "_RNvNtCs1234_7mycrate3sub3foo");
        assertName("mycrate::foo::{closure#0}", "_RNCNvCs1234_7mycrate3foo0B3_");
        assertName("mycrate::foo::{closure#1}", "_RNCNvCs1234_7mycrate3foos_0B3_");
        assertName("mycrate::foo::<u32, &str>", "_RINvCs1234_7mycrate3foomReEB2_");
        assertName("<mycrate::Bar>::baz", "_RNvMCs1234_7mycrateNtB2_3Bar3baz");
        assertName("<mycrate::Bar as mycrate::Trait>::baz", "_RNvXCs1234_7mycrateNtB2_3BarNtB2_5Trait3baz");
        assertName("mycrate::foo::<[u8; 8], (i32,), *const u8, dyn mycrate::T>",
                "_RINvCs1234_7mycrate3fooAhj8_TlEPhDNtB2_1TEL_E");
        assertName("mycrate::g\u00f6del", "_RNvCs1234_7mycrateu8gdel_5qa");
        assertName("mycrate::foo", "_RNvCs1234_7mycrate3foo.llvm.1234567");
    }

    @Test
    void whatIsNotRustStays() {
        for (String symbol : List.of("main", "_ZN3foo3barEv", "_Rx", "_R", "_RNv", "_RNvC7mycrate", "_RB_", "_RNvB_3foo", "_ZN5alpha", "_ZN99999999999999alphaE",
                "_R1NvC7mycrate3foo", "runtime.main", "_RINvC1a1bTTTTTTTTTTTT")) {
                assertName(symbol, symbol);
            }
    }

    @Test
    void anyTextEnds() {
        Random random = new Random(1);
        String letters = "_RNvCsBIMXYTEhlLuDFKG0123456789abz$.";
        for (int round = 0; round < 200_000; round++) {
            StringBuilder symbol = new StringBuilder(random.nextBoolean() ? "_R" : "_ZN");
            for (int i = random.nextInt(40); i > 0; i--) symbol.append(letters.charAt(random.nextInt(letters.length())));
            RustSymbols.demangle(symbol.toString());
        }
    }
}
