package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lib.stacks.Stacks;
import org.junit.jupiter.api.Test;

class StackMemoTest {
    private static Block block(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Block block = new Block(bytes.length);
        System.arraycopy(bytes, 0, block.bytes, 0, bytes.length);
        block.length = bytes.length;
        return block;
    }

    private static int recognize(StackMemo memo, String text, long context) {
        Block block = block(text);
        return memo.recognize(block.words, 0, block.length, context);
    }

    @Test
    void theBlankLineIsFoundWhereverItStands() {
        StackMemo memo = new StackMemo();
        for (int length = 1; length < 70; length++) {
            String line = "x".repeat(length);
            assertEquals(0, recognize(memo, line + "\n\nnext\n\n", 1));
            assertEquals(length + 1, memo.end(), "after " + length);
            recognize(memo, line + "\n\u000b\n" + "\n", 1);
            assertEquals(length + 3, memo.end(), "a character that is nearly a newline, after " + length);
            recognize(memo, line + "\nmore\n", 1);
            assertEquals(-1, memo.end(), "none, after " + length);
        }
        recognize(memo, "\n", 1);
        assertEquals(0, memo.end(), "no callers at all");
    }

    @Test
    void whatWasAddedIsRecognizedAndNothingElseIs() {
        StackMemo memo = new StackMemo();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) texts.add("caller " + i + "\nmain\n\n");
        for (int i = 0; i < texts.size(); i++) {
            assertEquals(0, recognize(memo, texts.get(i), 7));
            memo.add(i + 1, i % 5);
        }
        for (int i = 0; i < texts.size(); i++) {
            assertEquals(i + 1, recognize(memo, texts.get(i) + "what follows", 7));
            assertEquals(i % 5, memo.lines());
            assertEquals(0, recognize(memo, texts.get(i), 8), "in another context");
            assertEquals(0, recognize(memo, texts.get(i).substring(1), 7));
        }
    }

    /** See {@link LineMemoTest#noTwoLinesCanBeWrittenThatAreTakenForOne}: here both factors may change their sign. */
    @Test
    void noTwoStacksCanBeWrittenThatAreTakenForOne() {
        Random random = new Random(7);
        StackMemo memo = new StackMemo();
        for (int tried = 0; tried < 2_000; tried++) {
            Block block = block("0123456789abcdef\n\n");
            long first = 0x4040404040404040L | random.nextLong() & 0x3f3f3f3f3f3f3f3fL;
            long second = 0x4040404040404040L | random.nextLong() & 0x3f3f3f3f3f3f3f3fL;
            block.words.putLong(0, first).putLong(8, second);
            assertEquals(0, memo.recognize(block.words, 0, block.length, 1));
            memo.add(tried + 1, 1);
            for (int zeros = 0; zeros < 24; zeros++) {
                for (int odd = 1; odd < 3; odd++) {
                    block.words.putLong(0, first ^ -1L << odd).putLong(8, second ^ -1L << zeros + 1);
                    assertEquals(0, memo.recognize(block.words, 0, block.length, 1), zeros + " zeros, try " + tried);
                }
            }
        }
    }

    private final StringBuilder text = new StringBuilder();
    private long lines;

    private void append(String more) {
        text.append(more);
        lines += more.chars().filter(c -> c == '\n').count();
    }

    /** Samples that share callers in every way they can, against the same stacks counted by hand. */
    @Test
    void manyStacksOfFewCallersAreCountedRight() throws IOException {
        Random random = new Random(5);
        Map<String, Long> expected = new TreeMap<>();
        String[] commands = {"a", "b c"};
        List<Long> bad = new ArrayList<>();
        while (text.length() < 1 << 20) {
            String command = commands[random.nextInt(2)];
            append(command + " 12/13 [000] 1.500000: 7 cpu-clock: \n");
            List<String> names = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                names.add("k" + random.nextInt(3));
                append("\tffffffff81000000 " + names.get(names.size() - 1) + "+0x1 ([kernel.kallsyms])\n");
            }
            for (int i = random.nextInt(7); i > 0; i--) {
                names.add("f" + random.nextInt(3));
                append("\t" + random.nextInt(3) + "000 " + names.get(names.size() - 1) + "+0x1 (/bin/a)\n");
            }
            if (random.nextInt(40) == 0) {
                append("\tno frame at all\n");
                bad.add(lines);
            }
            append(switch (random.nextInt(20)) {
                case 0 -> ""; // the next header follows at once
                case 1 -> "\r\n";
                case 2 -> "\n\n";
                default -> "\n";
            });
            StringBuilder folded = new StringBuilder(command.replace(' ', '_'));
            for (int i = names.size() - 1; i >= 0; i--) folded.append(';').append(names.get(i));
            expected.merge(folded.toString(), 7L, Long::sum);
        }
        byte[] once = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        int times = 6; // enough for several threads to take part
        for (int threads = 1; threads <= 3; threads++) {
            InputStream in = new SequenceInputStream(Collections.enumeration(Collections.nCopies(times, once).stream()
                    .map(ByteArrayInputStream::new).toList()));
            Stacks stacks = StackReader.read("text", in, new ReadOptions().threads(threads).blocksAlone(2));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            FoldedWriter.write(stacks.tree(), out);
            assertEquals(expected.entrySet().stream().map(e -> e.getKey() + " " + times * e.getValue() + "\n").sorted().collect(Collectors.joining()), out.toString());
            assertEquals(times * bad.size(), stacks.bad().count());
            assertEquals(bad.subList(0, 5), stacks.bad().first().stream().map(Stacks.BadLine::number).toList());
        }
    }
}
