//DEPS info.picocli:picocli:4.7.7
//DEPS me.tongfei:progressbar:0.10.2
//DEPS com.fasterxml.jackson.core:jackson-databind:2.21.8
//DEPS org.slf4j:slf4j-nop:2.0.17
//JAVAC_OPTIONS -encoding UTF-8

/** What every script shares with its user: options, console, progress, exit codes. */
package lib.cli;
