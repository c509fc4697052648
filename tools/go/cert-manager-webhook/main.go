// cert-manager-webhook serves cert-manager's admission webhook, its own functions, on 127.0.0.1 only (its command, which
// the released module does not hold since 1.12, listens on every address).
//
//	cert-manager-webhook -port NUMBER -certificates FOLDER
//
// The folder holds `tls.crt` and `tls.key`. Left out is the approval of CertificateRequests, which asks an API server
// whether its caller may approve: no object that tier0 makes is one.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"

	acme "github.com/cert-manager/cert-manager/internal/apis/acme/install"
	certmanager "github.com/cert-manager/cert-manager/internal/apis/certmanager/install"
	meta "github.com/cert-manager/cert-manager/internal/apis/meta/install"
	"github.com/cert-manager/cert-manager/internal/webhook/admission/certificaterequest/identity"
	"github.com/cert-manager/cert-manager/internal/webhook/admission/resourcevalidation"
	"github.com/cert-manager/cert-manager/pkg/webhook/admission"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
)

func main() {
	port := flag.Int("port", 0, "port on 127.0.0.1")
	certificates := flag.String("certificates", "", "folder of tls.crt and tls.key")
	flag.Parse()
	ctrl.SetLogger(logr.Discard()) // whoever asks is told what is wrong
	if err := run(*port, *certificates); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(port int, certificates string) error {
	scheme := runtime.NewScheme()
	certmanager.Install(scheme)
	acme.Install(scheme)
	meta.Install(scheme)
	chain := admission.PluginChain{identity.NewPlugin(), resourcevalidation.NewPlugin()}
	server := webhook.NewServer(webhook.Options{Host: "127.0.0.1", Port: port, CertDir: certificates})
	server.Register("/mutate", admission.NewCustomMutationWebhook(chain))
	server.Register("/validate", admission.NewCustomValidationWebhook(scheme, chain))
	server.Register("/readyz", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	return server.Start(ctrl.SetupSignalHandler())
}
