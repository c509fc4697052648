#!/usr/bin/env bash
# k8s.io/apiextensions-apiserver v0.34.4 and k8s.io/apimachinery v0.34.4: `format: duration` in a CRD
# (`+kubebuilder:validation:Format=duration`), and the field's type, metav1.Duration.
#
# A good guess: both take Go's durations, or ISO 8601's (P1D), as JSON Schema's `duration` does. What the
# API server has accepted, the operator can read.
# What they do: the schema takes any text that has numbers with units in it, and units of its own: a day,
# a week, in upper case too. metav1.Duration is read by Go's time.ParseDuration:
#
#   90m        accepted as 1h30m0s, read as 1h30m0s
#   7d         accepted as 168h0m0s, read: error
#   1M         accepted as 1m0s, read: error
#   P1D        accepted as 24h0m0s, read: error
#   PT1H30M    accepted as 1h30m0s, read: error
#   until 2 d  accepted as 48h0m0s, read: error
#   1y         refused, read: error
#   a list of three objects, one with 7d: error
#
# The last is the point: one object with '7d', a retention for example, and the operator can list none of
# that kind any more. Its watch fails, and all others stand still. A pattern belongs next to the format.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat > main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
)

type kept struct {
	Keep metav1.Duration `json:"keep"`
}

type list struct {
	Items []kept `json:"items"`
}

func main() {
	schema := apiextensions.JSONSchemaProps{Type: "string", Format: "duration"}
	validator, _, err := validation.NewSchemaValidator(&schema)
	if err != nil {
		panic(err)
	}
	for _, written := range []string{"90m", "7d", "1M", "P1D", "PT1H30M", "until 2 d", "1y"} {
		taken, read := "refused", "read: error"
		if validator.Validate(written).IsValid() {
			meant, err := strfmt.ParseDuration(written)
			if err != nil {
				panic(err)
			}
			taken = "accepted as " + meant.String()
		}
		var object kept
		if json.Unmarshal(fmt.Appendf(nil, `{"keep": %q}`, written), &object) == nil {
			read = "read as " + object.Keep.Duration.String()
		}
		fmt.Printf("%-10s %s, %s\n", written, taken, read)
	}
	var all list
	if err := json.Unmarshal([]byte(`{"items": [{"keep": "1h"}, {"keep": "7d"}, {"keep": "2h"}]}`), &all); err != nil {
		fmt.Println("a list of three objects, one with 7d: error")
	}
}
GO
go mod init example.test/finding > /dev/null 2>&1
go get k8s.io/apiextensions-apiserver@v0.34.4 > get.log 2>&1 || { cat get.log; exit 1; }
go mod tidy > tidy.log 2>&1 || { cat tidy.log; exit 1; }
go list -m k8s.io/apiextensions-apiserver k8s.io/apimachinery
go run . | tee seen

[ "$(cat seen)" = "90m        accepted as 1h30m0s, read as 1h30m0s
7d         accepted as 168h0m0s, read: error
1M         accepted as 1m0s, read: error
P1D        accepted as 24h0m0s, read: error
PT1H30M    accepted as 1h30m0s, read: error
until 2 d  accepted as 48h0m0s, read: error
1y         refused, read: error
a list of three objects, one with 7d: error" ]
echo "as seen on 2026-11-30: the API server accepts durations that its own Go type cannot read"
