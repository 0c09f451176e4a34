///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DEPS org.junit:junit-bom:6.1.3@pom
//DEPS org.junit.jupiter:junit-jupiter
//DEPS org.junit.platform:junit-platform-launcher
//DEPS io.fabric8:kubernetes-server-mock:7.8.0
//SOURCES TestRun.java
//SOURCES */*.java
//SOURCES ../lab/Lab.java
//SOURCES ../lab/Completion.java
//SOURCES ../01_debug_pod.java
//SOURCES ../lib/elf/*.java
//MAIN AllTests

import tests.TestRun;

/** The tests that need no cluster, no root and no network. Arguments choose classes by a part of their names. */
class AllTests {
    public static void main(String... args) {
        System.exit(TestRun.of(AllTests.class, ".*Test", args));
    }
}
