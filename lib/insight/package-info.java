/**
 * What a profile says: which part of a control plane the time goes to, which functions are hottest, and what changed
 * from one profile to the next.
 */
//FILES lib/insight/rules/client.txt=rules/client.txt
//FILES lib/insight/rules/etcd.txt=rules/etcd.txt
//FILES lib/insight/rules/go.txt=rules/go.txt
//FILES lib/insight/rules/kube-apiserver.txt=rules/kube-apiserver.txt
//FILES lib/insight/rules/kube-controller-manager.txt=rules/kube-controller-manager.txt
//FILES lib/insight/rules/kube-scheduler.txt=rules/kube-scheduler.txt
//FILES lib/insight/rules/kubelet.txt=rules/kubelet.txt
//FILES lib/insight/rules/network.txt=rules/network.txt
package lib.insight;
