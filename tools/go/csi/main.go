// csi-stand-in is a CSI driver for one node and for tests only: its volumes are subvolumes of a btrfs, and its snapshots
// are snapshots of these. It takes the place of a storage's own driver and of node-driver-registrar, which the Go module
// proxy does not serve. It keeps no volume to its size.
//
//	csi-stand-in -root FOLDER -node NAME -socket FILE -registration FILE
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	kubelet "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

const name = "copies.tier0.test"

func main() {
	root := flag.String("root", "", "folder of a btrfs, by the same path here and on the node")
	node := flag.String("node", "", "the node's name")
	socket := flag.String("socket", "", "where it serves CSI, by the same path here and on the node")
	registration := flag.String("registration", "", "where it tells the kubelet of itself; empty: it does not")
	flag.Parse()
	log.Printf("%s is a stand-in for a storage's own driver: a btrfs on one node, for tests only", name)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, *root, *node, *socket, *registration); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, root, node, socket, registration string) error {
	if !filepath.IsAbs(root) || node == "" || !filepath.IsAbs(socket) {
		return errors.New("it needs -node, and -root and -socket as absolute paths")
	}
	held := storage{root}
	if err := held.prepare(); err != nil {
		return err
	}
	ended := make(chan error, 2)
	driver := grpc.NewServer()
	csi.RegisterIdentityServer(driver, identity{})
	csi.RegisterControllerServer(driver, controller{storage: held})
	csi.RegisterNodeServer(driver, nodeServer{storage: held, name: node})
	if err := serve(driver, socket, ended); err != nil {
		return err
	}
	defer driver.Stop()
	if registration != "" {
		registrar := grpc.NewServer()
		kubelet.RegisterRegistrationServer(registrar, registered{socket: socket})
		if err := serve(registrar, registration, ended); err != nil {
			return err
		}
		defer registrar.Stop()
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return nil
	}
}

func serve(server *grpc.Server, socket string, ended chan<- error) error {
	if err := os.MkdirAll(filepath.Dir(socket), 0o750); err != nil {
		return err
	}
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err // one that was killed leaves its socket
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	go func() { ended <- fmt.Errorf("%s: %w", socket, server.Serve(listener)) }()
	return nil
}

// registered answers the kubelet, which finds it by its socket.
type registered struct {
	kubelet.UnimplementedRegistrationServer
	socket string
}

func (r registered) GetInfo(context.Context, *kubelet.InfoRequest) (*kubelet.PluginInfo, error) {
	return &kubelet.PluginInfo{
		Type: kubelet.CSIPlugin, Name: name, Endpoint: r.socket, SupportedVersions: []string{"1.0.0"},
	}, nil
}

func (r registered) NotifyRegistrationStatus(
	_ context.Context, status *kubelet.RegistrationStatus,
) (*kubelet.RegistrationStatusResponse, error) {
	if !status.PluginRegistered {
		log.Fatalf("the kubelet does not take it: %s", status.Error)
	}
	return &kubelet.RegistrationStatusResponse{}, nil
}

type identity struct {
	csi.UnimplementedIdentityServer
}

func (identity) GetPluginInfo(context.Context, *csi.GetPluginInfoRequest) (*csi.GetPluginInfoResponse, error) {
	return &csi.GetPluginInfoResponse{Name: name, VendorVersion: "v1"}, nil
}

func (identity) GetPluginCapabilities(
	context.Context, *csi.GetPluginCapabilitiesRequest,
) (*csi.GetPluginCapabilitiesResponse, error) {
	return &csi.GetPluginCapabilitiesResponse{Capabilities: []*csi.PluginCapability{{
		Type: &csi.PluginCapability_Service_{Service: &csi.PluginCapability_Service{
			Type: csi.PluginCapability_Service_CONTROLLER_SERVICE,
		}},
	}}}, nil
}

func (identity) Probe(context.Context, *csi.ProbeRequest) (*csi.ProbeResponse, error) {
	return &csi.ProbeResponse{}, nil
}
