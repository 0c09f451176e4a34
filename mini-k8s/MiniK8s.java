///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//SOURCES ../lib/cli/*.java
//SOURCES Api.java Artifacts.java Build.java Cgroups.java ControlPlane.java Down.java Home.java
//SOURCES Kind.java KubeconfigCommand.java Load.java Machine.java MiniCommand.java Requests.java Run.java Status.java Up.java
//SOURCES UserKubeconfig.java
//FILES build-kubernetes.sh build-images.sh make-pki.sh
//FILES images/pause.go=images/pause.go images/no-privileged.go=images/no-privileged.go
//FILES node/run.sh=node/run.sh node/containerd.toml=node/containerd.toml node/kubelet.yaml=node/kubelet.yaml
//FILES node/pod-network.conflist=node/pod-network.conflist node/no-privileged.yaml=node/no-privileged.yaml
//FILES node/audit-policy.yaml=node/audit-policy.yaml
//FILES static-pods/etcd.yaml=static-pods/etcd.yaml static-pods/kube-apiserver.yaml=static-pods/kube-apiserver.yaml
//FILES static-pods/kube-controller-manager.yaml=static-pods/kube-controller-manager.yaml
//FILES static-pods/kube-scheduler.yaml=static-pods/kube-scheduler.yaml
//FILES static-pods/no-privileged.yaml=static-pods/no-privileged.yaml

import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Stage;
import picocli.CommandLine.Command;

/** A real single-node Kubernetes control plane on this machine; README.md here says how it is put together. */
@Command(name = "mini-k8s", subcommands = {Up.class, Down.class, Status.class,
        KubeconfigCommand.class, Load.class, Build.class}, description = {
        "A real single-node Kubernetes control plane on this machine, all of it on loopback:",
        "kubelet, and as its static pods etcd, kube-apiserver, kube-controller-manager and kube-scheduler."})
class MiniK8s extends MiniCommand {
    public static void main(String... args) {
        Stage.main(new MiniK8s(), args);
    }

    @Override
    protected int run() {
        throw new Failure(Exit.USAGE, "say what to do: up, down, status, kubeconfig, load or build",
                "See mini-k8s --help.");
    }
}
