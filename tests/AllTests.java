///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVA_OPTIONS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
//DEPS org.junit:junit-bom:6.1.3@pom
//DEPS org.junit.jupiter:junit-jupiter
//DEPS org.junit.platform:junit-platform-launcher
//SOURCES TestRun.java
//SOURCES */*.java
//SOURCES engines/*/*.java
//SOURCES ../lab/Lab.java
//SOURCES ../lab/Completion.java
//SOURCES ../01_debug_pod.java
//SOURCES ../lib/elf/*.java
//MAIN AllTests

import tests.TestRun;

/**
 * The tests that need no cluster, no root and no network. Arguments choose classes by a part of their names. Those of
 * ServerTests run too, in a process of their own: here is no jar but the product's and JUnit.
 */
class AllTests {
    public static void main(String... args) {
        System.exit(TestRun.of(AllTests.class, ".*Test", new TestRun.Other("tests/ServerTests.java", "tests/cluster/server"), args));
    }
}
