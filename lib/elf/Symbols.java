package lib.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The functions of one binary by address. Made by {@link Binary#symbols}; nothing is prepared, each look-up reads the tables. */
public final class Symbols {
    private static final int STEPS = 4 << 20;

    private final GoTable go;
    private final GoInlines inlines;
    private final SymbolTable table;
    private final Plt plt;
    private final List<String> problems;
    private GoAbi abi;

    private Symbols(GoTable go, GoInlines inlines, SymbolTable table, Plt plt, List<String> problems) {
        this.go = go;
        this.inlines = inlines;
        this.table = table;
        this.plt = plt;
        this.problems = problems;
    }

    static Symbols read(Binary binary, Binary debug, boolean inline) throws IOException {
        List<String> problems = new ArrayList<>();
        GoTable go = null;
        GoInlines inlines = null;
        try {
            go = GoTableFinder.find(binary);
            if (go != null) inlines = prepare(binary, go, inline, problems);
        } catch (BadBinaryException e) {
            problems.add(e.getMessage());
        }
        SymbolTable table = null;
        try {
            table = SymbolTable.read(debug);
        } catch (BadBinaryException e) {
            problems.add(e.getMessage());
        }
        Plt plt = null;
        try {
            plt = Plt.read(binary);
        } catch (BadBinaryException e) {
            problems.add(e.getMessage());
        }
        return new Symbols(go, inlines, table, plt, problems);
    }

    /** Finds the start of the text and the inlined calls, for a table that is otherwise ready. */
    private static GoInlines prepare(Binary binary, GoTable go, boolean inline, List<String> problems) throws IOException {
        long base = 0;
        if (go.relative() && (inline || !binary.isCode(go.headerText()))) {
            GoModule module = GoModule.find(binary, go);
            Binary.Section text = binary.section(".text");
            if (module != null) {
                go.setText(module.text());
                base = module.functionData();
            } else if (!binary.isCode(go.headerText()) && text != null) {
                go.setText(text.address());
            }
        }
        if (!inline) return null;
        try {
            if (base == 0 && go.relative() && GoInlines.hasTrees(go)) {
                throw new BadBinaryException("they were not found in this Go program");
            }
            return GoInlines.hasTrees(go) ? GoInlines.read(binary, go, base) : null;
        } catch (BadBinaryException e) {
            problems.add("inlined calls: " + e.getMessage());
            return null;
        }
    }

    /** What of the binary could not be used and why, in a few words each; empty when all is well. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Whether the binary has any names. */
    public boolean isEmpty() {
        return go == null && (table == null || table.isEmpty());
    }

    /** Whether the names come from Go's function table. */
    public boolean isGo() {
        return go != null;
    }

    /**
     * Names the code at an address.
     *
     * @param vaddr the address by the linker's numbering ({@link Binary#fileOffsetToVaddr})
     * @param returnAddress whether it is where a call returns to, so that the call stands before it
     * @param inline whether to tell the inlined calls as well, if they were read
     * @return the inlined calls from the inside out and last the function; empty when nothing is known of that address
     */
    public List<Location> at(long vaddr, boolean returnAddress, boolean inline) {
        long address = returnAddress ? vaddr - 1 : vaddr;
        try {
            if (go != null) go.allowSteps(STEPS);
            int function = go == null ? -1 : go.find(address);
            if (function >= 0) return inGo(function, address, inline);
        } catch (BadBinaryException e) {
            // This function's part of the table is damaged; the symbol table may still know it.
        }
        try {
            String name = table == null ? null : table.nameAt(address);
            name = name == null && plt != null ? plt.nameAt(address) : name;
            return name == null || name.isEmpty() ? List.of() : List.of(new Location(name, null, 0, false));
        } catch (BadBinaryException e) {
            return List.of();
        }
    }

    /**
     * Whether no call can return to this address, because Go's table, which has every Go function, has none that the
     * call could be in. Walkers of frame pointers find such addresses above signal handlers.
     */
    public boolean cannotReturnTo(long vaddr) {
        try {
            if (go == null) return false;
            go.allowSteps(STEPS);
            int function = go.find(vaddr);
            if (function >= 0 && go.entry(function) == vaddr && go.name(function).startsWith("runtime.sigreturn")) {
                return true; // the kernel makes a signal handler return here
            }
            long call = vaddr - 1;
            return Long.compareUnsigned(call, go.entry(0)) >= 0 && Long.compareUnsigned(call, go.entry(go.count)) < 0
                    && go.find(call) < 0;
        } catch (BadBinaryException e) {
            return false;
        }
    }

    private List<Location> inGo(int function, long address, boolean inline) throws BadBinaryException {
        long entry = go.entry(function);
        long record = go.record(function);
        // The symbol table writes type arguments out, where Go's table has [...].
        String symbol = table == null ? null : table.startingAt(entry);
        String name = symbol == null ? goSymbol(function) : symbol;
        if (inline && inlines != null) {
            try {
                List<Location> found = new ArrayList<>(4);
                inlines.expand(record, name, address - entry, found);
                return found;
            } catch (BadBinaryException e) {
                // Its tree of inlined calls is damaged: the function itself is still known.
            }
        }
        return List.of(new Location(name, go.file(record, address - entry), go.line(record, address - entry), false));
    }

    private String goSymbol(int function) throws BadBinaryException {
        if (abi == null) abi = new GoAbi(go);
        return abi.symbol(function, go.name(function));
    }

    GoTable goTable() {
        return go;
    }
}
