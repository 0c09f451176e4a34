///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVAC_OPTIONS -XDstringConcat=inline
//SOURCES Capture.java Corpus.java FoldBench.java FoldProcess.java Measured.java Names.java NamesProcess.java PerfDataBench.java RepeatedRecording.java Report.java Startup.java
//SOURCES ../lib/cli/*.java
//SOURCES ../mini-k8s/Api.java ../mini-k8s/Cgroups.java ../mini-k8s/Home.java ../mini-k8s/Kind.java ../mini-k8s/Machine.java ../mini-k8s/Requests.java ../mini-k8s/Run.java
//SOURCES ../lib/elf/*.java
//SOURCES ../lib/stacks/*.java
//SOURCES ../lib/formats/*.java
//SOURCES ../lib/profile/*.java
//SOURCES ../lib/insight/*.java
//SOURCES ../lib/flame/*.java
//SOURCES ../lib/node/*.java
//SOURCES ../lib/symbols/*.java

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Speed and memory beside the tools that there are. Each benchmark is a subcommand; without one, all run. */
@Command(name = "bench", mixinStandardHelpOptions = true, subcommands = {FoldBench.class, PerfDataBench.class, Startup.class, Names.class, Capture.class},
        description = "Measures speed and memory, beside the tools that there are, and rewrites the tables of bench/README.md.")
class Bench implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String... args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public void run() {
        for (CommandLine benchmark : spec.subcommands().values()) benchmark.execute();
    }
}
