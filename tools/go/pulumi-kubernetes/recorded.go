// Helm releases that are recorded in the state and not installed: no package registry serves charts. This file is put
// into the provider's own package, where it takes the place of the provider of releases.
package provider

import (
	"context"
	"slices"

	"github.com/golang/protobuf/ptypes/empty"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/host"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

const recordedWarning = "recorded, not installed: this build of the kubernetes plugin has no charts; " +
	"whatever this release brings, it is not there"

type recordedReleases struct{ host host.HostClient }

// newRecordedReleases is called with what a provider that installs needs.
func newRecordedReleases(host host.HostClient, _ ...any) (customResourceProvider, error) {
	return recordedReleases{host}, nil
}

// Check asks for what the provider of releases finds out by itself.
func (recordedReleases) Check(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	var failures []*pulumirpc.CheckFailure
	for _, name := range []string{"name", "namespace", "chart", "version"} {
		if req.News.Fields[name] == nil {
			failures = append(failures, &pulumirpc.CheckFailure{
				Property: name, Reason: "a release that is only recorded needs " + name,
			})
		}
	}
	return &pulumirpc.CheckResponse{Inputs: req.News, Failures: failures}, nil
}

// Diff compares the inputs; another name or namespace is another release.
func (recordedReleases) Diff(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	options := plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true}
	olds, err := plugin.UnmarshalProperties(req.OldInputs, options)
	if err != nil {
		return nil, err
	}
	news, err := plugin.UnmarshalProperties(req.News, options)
	if err != nil {
		return nil, err
	}
	found := olds.Diff(news)
	if found == nil {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	answer := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME}
	for _, key := range found.ChangedKeys() {
		answer.Diffs = append(answer.Diffs, string(key))
		if slices.Contains([]resource.PropertyKey{"name", "namespace"}, key) {
			answer.Replaces = append(answer.Replaces, string(key))
		}
	}
	return answer, nil
}

func (r recordedReleases) Create(
	ctx context.Context, req *pulumirpc.CreateRequest,
) (*pulumirpc.CreateResponse, error) {
	r.warn(ctx, req.Urn)
	answer := &pulumirpc.CreateResponse{Properties: recorded(req.Properties)}
	if !req.Preview {
		fields := req.Properties.Fields
		answer.Id = fields["namespace"].GetStringValue() + "/" + fields["name"].GetStringValue()
	}
	return answer, nil
}

func (recordedReleases) Read(_ context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	return &pulumirpc.ReadResponse{Id: req.Id, Inputs: req.Inputs, Properties: req.Properties}, nil
}

func (r recordedReleases) Update(
	ctx context.Context, req *pulumirpc.UpdateRequest,
) (*pulumirpc.UpdateResponse, error) {
	r.warn(ctx, req.Urn)
	return &pulumirpc.UpdateResponse{Properties: recorded(req.News)}, nil
}

func (recordedReleases) Delete(context.Context, *pulumirpc.DeleteRequest) (*empty.Empty, error) {
	return &empty.Empty{}, nil
}

func (r recordedReleases) warn(ctx context.Context, urn string) {
	_ = r.host.Log(ctx, diag.Warning, resource.URN(urn), recordedWarning)
}

// recorded returns what was asked for and a status that says that it is no more than that.
func recorded(inputs *structpb.Struct) *structpb.Struct {
	status := &structpb.Struct{Fields: map[string]*structpb.Value{"status": structpb.NewStringValue("recorded")}}
	state := &structpb.Struct{Fields: map[string]*structpb.Value{"status": structpb.NewStructValue(status)}}
	for name, value := range inputs.Fields {
		state.Fields[name] = value
		if slices.Contains([]string{"name", "namespace", "chart", "version"}, name) {
			status.Fields[name] = value
		}
	}
	return state
}
