#!/usr/bin/env bash
# github.com/argoproj/argo-cd/v3 v3.2.0, its health check of CloudNativePG's Cluster, and the phases of
# CloudNativePG v1.30.0.
#
# A good guess: there is a check of this very kind, so it knows what an operator's status says is wrong.
# `Degraded` is what is broken, `Suspended` what a user stopped, and no WAL archived is not healthy.
# What it does: it reads the phase alone, and takes its words otherwise. ContinuousArchiving is False here:
#
#   Cluster in healthy state: Healthy
#   Cluster is unrecoverable and needs manual intervention: Suspended
#   Unable to create required cluster objects: Suspended
#   Invalid cluster definition: Unknown
#   Applying configuration: Degraded
#   Creating a new replica: Progressing
#
# v3.6.1 says the same. An alert on `health_status="Degraded"` fires for a changed setting, and is silent
# for a cluster that is lost, and for one that archives nothing. Alert on CloudNativePG's own metrics, or
# give Argo CD a check of the condition (`resource.customizations.health.postgresql.cnpg.io_Cluster`).
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"
)

func main() {
	check, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	for _, phase := range os.Args[2:] {
		state := lua.NewState()
		object := `obj = {status = {phase = %q, conditions = {{type = "ContinuousArchiving", status = "False"}}}}`
		if err := state.DoString(fmt.Sprintf(object, phase)); err != nil {
			panic(err)
		}
		if err := state.DoString(string(check)); err != nil {
			panic(err)
		}
		fmt.Printf("%s: %s\n", phase, state.GetField(state.Get(-1), "status"))
	}
}
GO
go mod init example.test/finding > /dev/null 2>&1
go get github.com/yuin/gopher-lua@v1.1.1 > get.log 2>&1 || { cat get.log; exit 1; }
part() { # the folder of a Go module
  go mod download -json "$1" | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])'
}
argo=$(part github.com/argoproj/argo-cd/v3@v3.2.0)
operator=$(part github.com/cloudnative-pg/cloudnative-pg@v1.30.0)
phases=('Cluster in healthy state' 'Cluster is unrecoverable and needs manual intervention'
  'Unable to create required cluster objects' 'Invalid cluster definition' 'Applying configuration'
  'Creating a new replica')
for phase in "${phases[@]}"; do
  grep -q "^	Phase.* = \"$phase\"$" "$operator/api/v1/cluster_types.go"
done
echo "${argo##*/} ${operator##*/}"
go run . "$argo/resource_customizations/postgresql.cnpg.io/Cluster/health.lua" "${phases[@]}" | tee seen

[ "$(cat seen)" = "Cluster in healthy state: Healthy
Cluster is unrecoverable and needs manual intervention: Suspended
Unable to create required cluster objects: Suspended
Invalid cluster definition: Unknown
Applying configuration: Degraded
Creating a new replica: Progressing" ]
echo "as seen on 2026-11-30: Argo CD calls a cluster Healthy that archives nothing"
