package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

type controller struct {
	csi.UnimplementedControllerServer
	storage
}

func (controller) ControllerGetCapabilities(
	context.Context, *csi.ControllerGetCapabilitiesRequest,
) (*csi.ControllerGetCapabilitiesResponse, error) {
	answer := &csi.ControllerGetCapabilitiesResponse{}
	for _, kind := range []csi.ControllerServiceCapability_RPC_Type{
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_VOLUME,
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_SNAPSHOT,
	} {
		answer.Capabilities = append(answer.Capabilities, &csi.ControllerServiceCapability{
			Type: &csi.ControllerServiceCapability_Rpc{
				Rpc: &csi.ControllerServiceCapability_RPC{Type: kind},
			},
		})
	}
	return answer, nil
}

func (c controller) CreateVolume(
	_ context.Context, request *csi.CreateVolumeRequest,
) (*csi.CreateVolumeResponse, error) {
	if request.Name == "" || len(request.VolumeCapabilities) == 0 {
		return nil, missing("a name and capabilities")
	}
	if said := refused(request.VolumeCapabilities); said != "" {
		return nil, status.Error(codes.InvalidArgument, said)
	}
	wanted := about{Size: request.CapacityRange.GetRequiredBytes()}
	source := ""
	if given := request.VolumeContentSource; given != nil {
		wanted.Source = given.GetSnapshot().GetSnapshotId()
		from, err := look(c.snapshots(), wanted.Source)
		if err != nil {
			return nil, failed(err)
		}
		if from == nil {
			return nil, status.Errorf(codes.NotFound, "snapshot %q is not there", wanted.Source)
		}
		source = filepath.Join(c.snapshots(), wanted.Source)
		wanted.Size = max(wanted.Size, from.Size)
	}
	found, err := look(c.volumes(), request.Name)
	if err == nil && found == nil {
		found, err = create(c.volumes(), request.Name, wanted, source)
	}
	if err != nil {
		return nil, failed(err)
	}
	if found.Size != wanted.Size || found.Source != wanted.Source {
		return nil, status.Errorf(codes.AlreadyExists, "volume %q is there, made otherwise", request.Name)
	}
	return &csi.CreateVolumeResponse{Volume: &csi.Volume{
		VolumeId: request.Name, CapacityBytes: found.Size, ContentSource: request.VolumeContentSource,
	}}, nil
}

func (c controller) DeleteVolume(
	_ context.Context, request *csi.DeleteVolumeRequest,
) (*csi.DeleteVolumeResponse, error) {
	if request.VolumeId == "" {
		return nil, missing("a volume")
	}
	return &csi.DeleteVolumeResponse{}, failed(remove(c.volumes(), request.VolumeId))
}

func (c controller) ValidateVolumeCapabilities(
	_ context.Context, request *csi.ValidateVolumeCapabilitiesRequest,
) (*csi.ValidateVolumeCapabilitiesResponse, error) {
	if request.VolumeId == "" || len(request.VolumeCapabilities) == 0 {
		return nil, missing("a volume and capabilities")
	}
	if err := there(c.volumes(), request.VolumeId); err != nil {
		return nil, err
	}
	if said := refused(request.VolumeCapabilities); said != "" {
		return &csi.ValidateVolumeCapabilitiesResponse{Message: said}, nil
	}
	return &csi.ValidateVolumeCapabilitiesResponse{
		Confirmed: &csi.ValidateVolumeCapabilitiesResponse_Confirmed{
			VolumeCapabilities: request.VolumeCapabilities,
		},
	}, nil
}

func (c controller) CreateSnapshot(
	_ context.Context, request *csi.CreateSnapshotRequest,
) (*csi.CreateSnapshotResponse, error) {
	if request.Name == "" || request.SourceVolumeId == "" {
		return nil, missing("a name and a volume")
	}
	volume, err := look(c.volumes(), request.SourceVolumeId)
	if err != nil {
		return nil, failed(err)
	}
	found, err := look(c.snapshots(), request.Name)
	if err == nil && found == nil {
		if volume == nil {
			return nil, status.Errorf(codes.NotFound, "volume %q is not there", request.SourceVolumeId)
		}
		wanted := about{Size: volume.Size, Source: request.SourceVolumeId}
		found, err = create(c.snapshots(), request.Name, wanted, filepath.Join(c.volumes(), wanted.Source))
	}
	if err != nil {
		return nil, failed(err)
	}
	if found.Source != request.SourceVolumeId {
		return nil, status.Errorf(codes.AlreadyExists, "snapshot %q is there, of %q", request.Name, found.Source)
	}
	return &csi.CreateSnapshotResponse{Snapshot: &csi.Snapshot{
		SnapshotId:     request.Name,
		SourceVolumeId: found.Source,
		SizeBytes:      found.Size,
		CreationTime:   timestamppb.New(found.Made),
		ReadyToUse:     true,
	}}, nil
}

func (c controller) DeleteSnapshot(
	_ context.Context, request *csi.DeleteSnapshotRequest,
) (*csi.DeleteSnapshotResponse, error) {
	if request.SnapshotId == "" {
		return nil, missing("a snapshot")
	}
	return &csi.DeleteSnapshotResponse{}, failed(remove(c.snapshots(), request.SnapshotId))
}

type nodeServer struct {
	csi.UnimplementedNodeServer
	storage
	name string
}

func (n nodeServer) NodeGetInfo(context.Context, *csi.NodeGetInfoRequest) (*csi.NodeGetInfoResponse, error) {
	return &csi.NodeGetInfoResponse{NodeId: n.name}, nil
}

func (nodeServer) NodeGetCapabilities(
	context.Context, *csi.NodeGetCapabilitiesRequest,
) (*csi.NodeGetCapabilitiesResponse, error) {
	return &csi.NodeGetCapabilitiesResponse{}, nil
}

func (n nodeServer) NodePublishVolume(
	_ context.Context, request *csi.NodePublishVolumeRequest,
) (*csi.NodePublishVolumeResponse, error) {
	target := request.TargetPath
	if request.VolumeId == "" || target == "" || request.VolumeCapability == nil {
		return nil, missing("a volume, a target and a capability")
	}
	if err := there(n.volumes(), request.VolumeId); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(target, 0o750); err != nil {
		return nil, failed(err)
	}
	source := filepath.Join(n.volumes(), request.VolumeId)
	if same, err := sameFile(source, target); err != nil || same { // it is mounted already
		return &csi.NodePublishVolumeResponse{}, failed(err)
	}
	err := unix.Mount(source, target, "", unix.MS_BIND, "")
	if err == nil && request.Readonly {
		err = unix.Mount("", target, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "")
	}
	return &csi.NodePublishVolumeResponse{}, failed(err)
}

func (n nodeServer) NodeUnpublishVolume(
	_ context.Context, request *csi.NodeUnpublishVolumeRequest,
) (*csi.NodeUnpublishVolumeResponse, error) {
	if request.VolumeId == "" || request.TargetPath == "" {
		return nil, missing("a volume and a target")
	}
	if err := unix.Unmount(request.TargetPath, 0); err != nil &&
		!errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOENT) { // neither mounted nor there
		return nil, failed(err)
	}
	if err := os.Remove(request.TargetPath); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, failed(err)
	}
	return &csi.NodeUnpublishVolumeResponse{}, nil
}

// refused returns why volumes are not what is asked for, "" where they are.
func refused(wanted []*csi.VolumeCapability) string {
	for _, one := range wanted {
		if one.GetBlock() != nil {
			return "a volume is a folder, never a block device"
		}
	}
	return ""
}

func there(folder, id string) error {
	found, err := look(folder, id)
	if err == nil && found == nil {
		return status.Errorf(codes.NotFound, "volume %q is not there", id)
	}
	return failed(err)
}

func sameFile(one, other string) (bool, error) {
	first, err := os.Stat(one)
	if err != nil {
		return false, err
	}
	second, err := os.Stat(other)
	if err != nil {
		return false, err
	}
	return os.SameFile(first, second), nil
}

func missing(what string) error {
	return status.Error(codes.InvalidArgument, "the request has not "+what)
}

func failed(err error) error {
	if err == nil {
		return nil
	}
	return status.Error(codes.Internal, err.Error())
}
