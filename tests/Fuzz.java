///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DEPS org.junit:junit-bom:6.1.3@pom
//DEPS org.junit.jupiter:junit-jupiter
//DEPS org.junit.platform:junit-platform-launcher
//SOURCES TestRun.java
//SOURCES fuzz/*.java
//SOURCES formats/Fold.java
//SOURCES formats/PerfRecording.java
//SOURCES elf/ElfDamage.java
//SOURCES elf/GoProgram.java
//SOURCES elf/HostileBinaryTest.java
//SOURCES elf/Out.java
//SOURCES ../lib/stacks/*.java
//SOURCES ../lib/formats/*.java
//SOURCES ../lib/elf/*.java
//JAVAC_OPTIONS -encoding UTF-8
//MAIN Fuzz

import tests.TestRun;

/** The readers of foreign formats against damaged input, for longer. Arguments choose classes by a part of their names. */
class Fuzz {
    public static void main(String... args) {
        System.exit(TestRun.of(Fuzz.class, ".*Fuzz", args));
    }
}
