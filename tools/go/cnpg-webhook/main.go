// cnpg-webhook serves the admission webhooks of CloudNativePG's operator, the very functions, and nothing else of it:
// no controller acts, no API server is asked, and it listens on 127.0.0.1 only (the operator listens on every address).
//
//	cnpg-webhook -port NUMBER -certificates FOLDER
//
// The folder holds `tls.crt` and `tls.key`.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"

	"github.com/cloudnative-pg/cloudnative-pg/internal/scheme"
	webhooks "github.com/cloudnative-pg/cloudnative-pg/internal/webhook/v1"
	"github.com/cloudnative-pg/cloudnative-pg/pkg/utils"
	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
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
	// The webhooks are registered with a manager; they judge what they are sent and ask nobody, so it has no client.
	manager, err := ctrl.NewManager(&rest.Config{}, ctrl.Options{
		Scheme:        scheme.BuildWithAllKnownScheme(),
		Metrics:       server.Options{BindAddress: "0"},
		WebhookServer: webhook.NewServer(webhook.Options{Host: "127.0.0.1", Port: port, CertDir: certificates}),
	})
	if err != nil {
		return err
	}
	// The operator looks at its start whether the API server has VolumeSnapshots, and refuses backups by them otherwise.
	utils.SetVolumeSnapshot(true)
	for _, register := range []func(ctrl.Manager) error{
		webhooks.SetupClusterWebhookWithManager,
		webhooks.SetupBackupWebhookWithManager,
		webhooks.SetupScheduledBackupWebhookWithManager,
		webhooks.SetupPoolerWebhookWithManager,
		webhooks.SetupDatabaseWebhookWithManager,
	} {
		if err := register(manager); err != nil {
			return err
		}
	}
	manager.GetWebhookServer().Register("/readyz", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	return manager.Start(ctrl.SetupSignalHandler())
}
