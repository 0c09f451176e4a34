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

import tests.TestRun;

/** All stages on mini-k8s, a real cluster on this machine. Arguments choose classes by a part of their names. */
class EndToEnd {
    public static void main(String... args) {
        System.exit(TestRun.of(EndToEnd.class, ".*IT", args));
    }
}
