//DEPS io.fabric8:kubernetes-client:7.8.0@fatjar
//DEPS io.fabric8:kubernetes-client-api:7.8.0
//DEPS io.fabric8:kubernetes-httpclient-jdk:7.8.0
//DEPS io.fabric8:zjsonpatch:7.8.0
//DEPS org.tukaani:xz:1.12
//DEPS org.zeroturnaround:zt-exec:1.13.0

/**
 * A shell on the node: run, read, write; in a pod or on this machine. The client is fabric8's on the JDK's own HTTP
 * client; {@code @fatjar} leaves out the default one and the twenty jars that it brings.
 */
package lib.node;
