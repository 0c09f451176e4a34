//DEPS io.fabric8:kubernetes-client:7.8.0@fatjar
//DEPS io.fabric8:kubernetes-client-api:7.8.0
//DEPS io.fabric8:kubernetes-httpclient-jdk:7.8.0
//DEPS io.fabric8:zjsonpatch:7.8.0

/**
 * A Kubernetes cluster: the lab's pods in it, what must be true before one is made, and a node that is reached through a
 * pod. The client is fabric8's on the JDK's own HTTP client; {@code @fatjar} leaves out the default one and the twenty
 * jars that it brings.
 */
package lib.cluster;
