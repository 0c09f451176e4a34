package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Names as perf's library spells them without arguments. */
class CppSymbolsTest {
    private static void assertName(String name, String symbol) {
        assertEquals(name, CppSymbols.demangle(symbol));
    }

    @Test
    void functions() {
        assertName("f", "_Z1fv");
        assertName("f", "_ZL1fi");
        assertName("a::B::c", "_ZN1a1B1cEi");
        assertName("a::B::c", "_ZNK1a1B1cEv");
        assertName("std::sort", "_ZSt4sortPiS_");
        assertName("(anonymous namespace)::f", "_ZN12_GLOBAL__N_11fEv");
        assertName("f[abi:cxx11]", "_Z1fB5cxx11v");
        assertName("f", "_Z1fv.part.0");
    }

    @Test
    void constructorsAndOperators() {
        assertName("A::A", "_ZN1AC2Ei");
        assertName("A<int>::~A", "_ZN1AIiED1Ev");
        assertName("A::operator+=", "_ZN1ApLERKS_");
        assertName("A::operator()", "_ZN1AclEv");
        assertName("operator new[]", "_Znam");
        assertName("A::operator unsigned long", "_ZNK1AcvmEv");
        assertName("operator\"\" _km", "_Zli3_kme");
    }

    @Test
    void templates() {
        assertName("f<int>", "_Z1fIiEvT_");
        assertName("a::V<int, a::X<char> >::g", "_ZN1a1VIiNS_1XIcEEE1gEv");
        assertName("f<true, 3, 4ul, -5, (E)1>", "_Z1fILb1ELi3ELm4ELin5EL1E1EEvv");
        assertName("f<int, char*, unsigned char const&>", "_Z1fIJiPcRKhEEvDpT_");
        assertName("A<&B::m, &(g(int))>::h", "_ZN1AIXadL_ZN1B1mEvEEXadL_Z1giEEE1hEv");
        assertName("f<void (*)(int, char), int [3], int (&) [2]>", "_Z1fIPFvicEA3_iRA2_iEvv");
        assertName("f<int A::*, void (A::*)(int) const>", "_Z1fIM1AiMS0_KFviEEvv");
    }

    @Test
    void abbreviations() {
        assertName("std::string::find", "_ZNKSs4findEcm");
        assertName("std::basic_string<char, std::char_traits<char>, std::allocator<char> >::basic_string", "_ZNSsC1EPKc");
        assertName("std::ostream::operator<<", "_ZNSolsEi");
        assertName("f<std::vector<int, std::allocator<int> > >", "_Z1fISt6vectorIiSaIiEEEvT_");
    }

    @Test
    void namesInFunctions() {
        assertName("f(int)::{lambda(char)#1}::operator()", "_ZZ1fiENKUlcE_clEc");
        assertName("f()::x", "_ZZ1fvE1x_0");
        assertName("A::f<int>(int)::{lambda()#2}::operator()", "_ZZN1A1fIiEEvT_ENKUlvE0_clEv");
    }

    @Test
    void special() {
        assertName("vtable for A", "_ZTV1A");
        assertName("guard variable for f()::x", "_ZGVZ1fvE1x");
        assertName("non-virtual thunk to A::f(int)", "_ZThn16_N1A1fEi");
        assertName("virtual thunk to A::~A()", "_ZTv0_n24_N1AD1Ev");
    }

    @Test
    void otherNamesStay() {
        for (String name : new String[] {"main", "_Z", "_ZN", "_ZN1a", "_Z9f", "_ZZ", "_ZS_", "_ZN1aIT_E1fEv", "_Zzzzz", "_Z99999999999f"}) assertName(name, name);
    }

    /** Names that grow with each repetition, are deep, or are damaged. */
    @Test
    void hostileNames() {
        Assertions.assertTimeout(Duration.ofSeconds(10), () -> {
            assertTrue(CppSymbols.demangle("_Z1f" + "P".repeat(30_000) + "i").length() < 100_000);
            assertTrue(CppSymbols.demangle("_Z1fI" + "1aI".repeat(5000) + "E".repeat(6000)).length() < 100_000);
            StringBuilder doubling = new StringBuilder("_ZN1aIiiE");
            for (int i = 0; i < 60; i++) doubling.append("1bIS").append(i == 0 ? "" : Integer.toString(i - 1, 36).toUpperCase()).append("_S_E");
            assertTrue(CppSymbols.demangle(doubling + "1cEv").length() < 100_000);
            byte[] name = "_ZZN1A1fIiJNS_1XIcEEDpRT_EEvT_ENKUlvE0_clEvXadL_Z1giEES0_T0_".getBytes();
            Random random = new Random(1);
            for (int round = 0; round < 50_000; round++) {
                byte[] changed = name.clone();
                for (int i = random.nextInt(4); i >= 0; i--) changed[2 + random.nextInt(name.length - 2)] = name[random.nextInt(name.length)];
                CppSymbols.demangle(new String(changed));
            }
        });
    }
}
