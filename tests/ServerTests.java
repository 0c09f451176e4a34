///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVA_OPTIONS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
//DEPS org.junit:junit-bom:6.1.3@pom
//DEPS org.junit.jupiter:junit-jupiter
//DEPS org.junit.platform:junit-platform-launcher
//DEPS io.fabric8:kubernetes-server-mock:7.8.0
//SOURCES TestRun.java
//SOURCES cluster/server/*.java
//SOURCES ../lib/profile/*.java
//SOURCES ../lib/cli/*.java
//SOURCES ../lib/node/*.java
//SOURCES ../lib/cluster/*.java
//MAIN ServerTests

import tests.TestRun;

/** The tests against a Kubernetes API server that is played, whose jars no other test may see; AllTests runs them. */
class ServerTests {
    public static void main(String... args) {
        System.exit(TestRun.of(ServerTests.class, ".*Test", args));
    }
}
