//DEPS io.fabric8:kubernetes-client:7.8.0@fatjar
//DEPS io.fabric8:kubernetes-client-api:7.8.0
//DEPS io.fabric8:kubernetes-httpclient-jdk:7.8.0
//DEPS io.fabric8:zjsonpatch:7.8.0
//FILES lib/cluster/in-use.sh=in-use.sh lib/cluster/audit-mark.sh=audit-mark.sh lib/cluster/audit-count.sh=audit-count.sh
//FILES manifests/debug-profiler.yaml=../../manifests/debug-profiler.yaml
//FILES manifests/perf-runner.yaml=../../manifests/perf-runner.yaml
//FILES manifests/perf-runner-minimal.yaml=../../manifests/perf-runner-minimal.yaml

/**
 * A Kubernetes cluster: the lab's pods in it, what must be true before one is made, a node that is reached through a pod,
 * and what is asked of its API server meanwhile. The client is fabric8's on the JDK's own HTTP client; {@code @fatjar} leaves out
 * the default one and the twenty jars that it brings.
 */
package lib.cluster;
