// Package v4 has the types that the provider's helm.v4.Chart reads, which this build does not serve.
package v4

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// RepositoryOpts is where a chart comes from.
type RepositoryOpts struct {
	CaFile, CertFile, KeyFile pulumi.AssetOrArchive
	Username, Password, Repo  *string
}

// RepositoryOptsInput is RepositoryOpts, maybe later.
type RepositoryOptsInput interface{ pulumi.Input }

// PostRenderer is a program that a chart's manifests go through.
type PostRenderer struct {
	Command string
	Args    []string
}

// PostRendererInput is PostRenderer, maybe later.
type PostRendererInput interface{ pulumi.Input }
