///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DEPS org.junit:junit-bom:6.1.3@pom
//DEPS org.junit.jupiter:junit-jupiter
//DEPS org.junit.platform:junit-platform-launcher
//DEPS io.fabric8:kubernetes-server-mock:7.8.0
//SOURCES TestRun.java
//SOURCES */*.java
//SOURCES ../lab/Lab.java
//SOURCES ../01_debug_pod.java
//SOURCES ../lib/elf/*.java
//MAIN Fuzz

import tests.TestRun;

/** The readers of foreign formats against damaged input, for longer. Arguments choose classes by a part of their names. */
class Fuzz {
    public static void main(String... args) {
        System.exit(TestRun.of(Fuzz.class, ".*Fuzz", args));
    }
}
