// no-privileged is an admission webhook that refuses pods with power over the node, as policy engines do on
// many clusters. The API server sends it those pods that the webhook's configuration selects.
//
//	no-privileged ADDRESS CERTIFICATE KEY
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
)

type container struct {
	Name            string
	SecurityContext struct{ Privileged bool }
}

type review struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Request    *request  `json:"request,omitempty"`
	Response   *response `json:"response,omitempty"`
}

type request struct {
	UID    string
	Object struct {
		Spec struct {
			HostPID, HostIPC, HostNetwork bool
			Containers, InitContainers    []container
			Volumes                       []struct {
				Name     string
				HostPath *struct{}
			}
		}
	}
}

type response struct {
	UID     string  `json:"uid"`
	Allowed bool    `json:"allowed"`
	Status  *status `json:"status,omitempty"`
}

type status struct {
	Code    int    `json:"code"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// violations lists what the pod asks for and may not have.
func violations(r *request) []string {
	var found []string
	spec := &r.Object.Spec
	for _, c := range append(spec.InitContainers, spec.Containers...) {
		if c.SecurityContext.Privileged {
			found = append(found, fmt.Sprintf("container %q is privileged", c.Name))
		}
	}
	if spec.HostPID {
		found = append(found, "hostPID")
	}
	if spec.HostIPC {
		found = append(found, "hostIPC")
	}
	if spec.HostNetwork {
		found = append(found, "hostNetwork")
	}
	for _, v := range spec.Volumes {
		if v.HostPath != nil {
			found = append(found, fmt.Sprintf("volume %q is a hostPath", v.Name))
		}
	}
	return found
}

func answer(w http.ResponseWriter, r *http.Request) {
	var in review
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 8<<20)).Decode(&in); err != nil || in.Request == nil {
		http.Error(w, "not an AdmissionReview", http.StatusBadRequest)
		return
	}
	out := review{APIVersion: in.APIVersion, Kind: in.Kind, Response: &response{UID: in.Request.UID, Allowed: true}}
	if found := violations(in.Request); len(found) > 0 {
		out.Response.Allowed = false
		out.Response.Status = &status{http.StatusForbidden, "Forbidden",
			"privileged pods are not allowed in this namespace: " + strings.Join(found, ", ")}
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(out); err != nil {
		log.Print(err)
	}
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: no-privileged ADDRESS CERTIFICATE KEY")
	}
	log.Fatal(http.ListenAndServeTLS(os.Args[1], os.Args[2], os.Args[3], http.HandlerFunc(answer)))
}
