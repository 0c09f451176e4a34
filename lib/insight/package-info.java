/**
 * What a profile says: which part of a control plane the time goes to, which functions are hottest, and what changed
 * from one profile to the next.
 */
//FILES lib/insight/rules/kube-apiserver.txt=rules/kube-apiserver.txt
//FILES lib/insight/rules/go.txt=rules/go.txt
package lib.insight;
