#!/bin/bash
# Makes the keys, certificates and kubeconfigs of a fresh control plane, as kubeadm lays them out.
#
#   make-pki.sh FOLDER NODE API-SERVER-URL
#
# Who signs whom: ca signs everybody who talks to or is the API server; etcd-ca signs etcd and its one client;
# front-proxy-ca signs the API server as a client of extension servers. A certificate's O is the user's group
# in RBAC, its CN the user's name. sa.key signs the tokens of service accounts.
set -euo pipefail
umask 077

mkdir -p "${1:?usage: make-pki.sh FOLDER NODE API-SERVER-URL}"
cd "$1"
node=$2
server=$3
days=365

key() { # RSA, as kubeadm's, for those that sign at each handshake or token; the others are made faster so
  case $1 in
    apiserver | etcd | sa) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key" 2> /dev/null ;;
    *) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" ;;
  esac
}

authority() { # authority NAME
  key "$1"
  openssl req -new -x509 -key "$1.key" -subj "/CN=mini-k8s $1" -days $days -out "$1.crt" \
    -addext keyUsage=critical,keyCertSign,cRLSign
}

certificate() { # certificate NAME AUTHORITY SUBJECT USAGE [ALTERNATIVE-NAMES]
  key "$1"
  openssl req -new -key "$1.key" -subj "$3" |
    openssl x509 -req -CA "$2.crt" -CAkey "$2.key" -set_serial "0x$(openssl rand -hex 8)" -days $days -out "$1.crt" \
      -extfile <(echo "basicConstraints=CA:FALSE"
                 echo "keyUsage=critical,digitalSignature,keyEncipherment"
                 echo "extendedKeyUsage=$4"
                 if [ -n "${5:-}" ]; then echo "subjectAltName=$5"; fi) 2> /dev/null
}

kubeconfig() { # kubeconfig NAME SUBJECT: NAME.kubeconfig with a certificate of its own
  certificate "$1" ca "$2" clientAuth
  cat > "$1.kubeconfig" <<YAML
apiVersion: v1
kind: Config
current-context: mini-k8s
clusters:
- name: mini-k8s
  cluster:
    server: $server
    certificate-authority-data: $(base64 -w0 ca.crt)
users:
- name: mini-k8s
  user:
    client-certificate-data: $(base64 -w0 "$1.crt")
    client-key-data: $(base64 -w0 "$1.key")
contexts:
- name: mini-k8s
  context: {cluster: mini-k8s, user: mini-k8s}
YAML
}

local_names=DNS:localhost,IP:127.0.0.1

authority ca
certificate apiserver ca /CN=kube-apiserver serverAuth "$local_names,IP:10.96.0.1,DNS:$node,DNS:kubernetes,\
DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
certificate apiserver-kubelet-client ca /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
certificate webhook ca /CN=no-privileged serverAuth $local_names

authority etcd-ca
certificate etcd etcd-ca /CN=etcd serverAuth,clientAuth $local_names
certificate apiserver-etcd-client etcd-ca /CN=kube-apiserver-etcd-client clientAuth

authority front-proxy-ca
certificate front-proxy-client front-proxy-ca /CN=front-proxy-client clientAuth

key sa
openssl pkey -in sa.key -pubout -out sa.pub

kubeconfig admin /O=system:masters/CN=kubernetes-admin
kubeconfig controller-manager /CN=system:kube-controller-manager
kubeconfig scheduler /CN=system:kube-scheduler
kubeconfig kubelet "/O=system:nodes/CN=system:node:$node"
