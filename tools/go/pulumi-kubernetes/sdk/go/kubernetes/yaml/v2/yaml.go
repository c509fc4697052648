// Package v2 has what the provider's ConfigFile and ConfigGroup call, which this build does not serve.
package v2

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RegisterResource refuses: the classes of all kinds take longer to compile than the provider.
func RegisterResource(
	*pulumi.Context, string, string, string, pulumi.Input, ...pulumi.ResourceOption,
) (pulumi.CustomResource, error) {
	return nil, errors.New("this build of the provider has no component resources; use the released one")
}
