// Package kubernetes has what the provider takes of its generated SDK: its component resources need it, ours do not.
package kubernetes

import (
	"context"
	"reflect"
)

// UntypedArgs is the inputs of a resource that no type describes.
type UntypedArgs map[string]any

// ElementType makes it an input.
func (UntypedArgs) ElementType() reflect.Type { return reflect.TypeFor[map[string]any]() }

// ToUntypedArgs is part of nothing that is called here.
func (args UntypedArgs) ToUntypedArgs(context.Context) UntypedArgs { return args }
