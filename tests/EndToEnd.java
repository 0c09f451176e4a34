///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DEPS org.junit:junit-bom:6.1.3@pom
//DEPS org.junit.jupiter:junit-jupiter
//DEPS org.junit.platform:junit-platform-launcher
//SOURCES TestRun.java
//SOURCES e2e/*.java
//SOURCES support/*.java
//SOURCES ../lib/cli/*.java
//SOURCES ../lib/elf/*.java
//SOURCES ../lib/profile/*.java
//SOURCES ../lib/stacks/*.java
//SOURCES ../lib/formats/*.java
//SOURCES ../lib/node/package-info.java
//MAIN EndToEnd

import java.util.ArrayList;
import java.util.List;
import tests.TestRun;
import tests.e2e.Prepared;

/**
 * All stages on mini-k8s, a real cluster on this machine. Arguments choose classes by a part of their names, "long" what takes
 * longer. Where the cluster is up, classes that do not disturb each other run side by side.
 */
class EndToEnd {
    public static void main(String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        if (!Prepared.forSeveral()) words.addAll(List.of("-j", "1"));
        System.exit(TestRun.of(EndToEnd.class, ".*IT", words.toArray(String[]::new)));
    }
}
