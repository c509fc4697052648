// cert-manager-controller runs cert-manager's own controllers: its released module holds them all in public packages,
// but since 1.12 no longer the command that starts them. Registered are those that an estate with its own certificate
// authority needs: issuers, certificates, the self-signed and the CA signer. What is left out is ACME, Vault, Venafi,
// ingress and gateway, leader election (one replica), and the webhook: the CRDs' schemas validate and set defaults.
//
//	cert-manager-controller [-kubeconfig FILE] [-cluster-resource-namespace NAME] [-health ADDRESS] [-metrics ADDRESS]
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cert-manager/cert-manager/pkg/controller"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
	"github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util"
)

// workers is the concurrency of each controller, and the two back-offs after a failed request are upstream's defaults.
const (
	workers        = 5
	minimumBackoff = time.Hour
	maximumBackoff = 32 * time.Hour
)

func main() {
	options := controller.ContextOptions{KubernetesAPIQPS: 20, KubernetesAPIBurst: 50}
	options.CertificateRequestMinimumBackoffDuration = minimumBackoff
	options.CertificateRequestMaximumBackoffDuration = maximumBackoff
	flag.StringVar(&options.Kubeconfig, "kubeconfig", "", "kubeconfig outside a cluster; inside, its service account")
	flag.StringVar(&options.ClusterResourceNamespace, "cluster-resource-namespace", "kube-system",
		"namespace of the Secrets that a ClusterIssuer names")
	health := flag.String("health", ":9403", "address that answers /livez, and /readyz once every cache is filled")
	metrics := flag.String("metrics", ":9402", "address that answers /metrics")
	flag.Parse()

	logs.InitLogs()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	logs.Log.Info("starting", "version", util.AppVersion)
	err := run(ctx, options, *health, *metrics)
	logs.FlushLogs()
	if err != nil {
		fmt.Fprintln(os.Stderr, "cert-manager-controller:", err)
		os.Exit(1)
	}
}

// run returns when ctx ends, or with the first error of a controller.
func run(ctx context.Context, options controller.ContextOptions, health, metrics string) error {
	factory, err := controller.NewContextFactory(ctx, options)
	if err != nil {
		return err
	}
	base, err := factory.Build()
	if err != nil {
		return err
	}
	var ready atomic.Bool
	listener, err := net.Listen("tcp", health)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: probes(&ready), ReadHeaderTimeout: 5 * time.Second}
	defer server.Close()
	measured, err := net.Listen("tcp", metrics)
	if err != nil {
		return err
	}
	// As upstream's command: the collectors first, then the server that registers them.
	base.Metrics.SetupCertificateCollector(base.SharedInformerFactory.Certmanager().V1().Certificates().Lister())
	figures := base.Metrics.NewServer(measured)
	defer figures.Close()

	ended := make(chan error)
	report := func(err error) {
		select {
		case ended <- err:
		case <-ctx.Done():
		}
	}
	go func() { report(server.Serve(listener)) }()
	go func() { report(figures.Serve(measured)) }()
	for name, construct := range controller.Known() {
		loop, err := construct(factory)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		go func() {
			if err := loop.Run(workers, ctx); err != nil {
				report(fmt.Errorf("%s: %w", name, err))
			}
		}()
	}
	// The informers that the controllers asked for; started after all of them have.
	base.SharedInformerFactory.Start(ctx.Done())
	base.KubeSharedInformerFactory.Start(ctx.Done())
	base.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	go func() {
		base.SharedInformerFactory.WaitForCacheSync(ctx.Done())
		base.KubeSharedInformerFactory.WaitForCacheSync(ctx.Done())
		ready.Store(ctx.Err() == nil)
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return nil
	}
}

func probes(ready *atomic.Bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/livez", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(answer, "ok")
	})
	mux.HandleFunc("/readyz", func(answer http.ResponseWriter, _ *http.Request) {
		if !ready.Load() {
			http.Error(answer, "caches are not filled yet", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(answer, "ok")
	})
	return mux
}
