#!/usr/bin/env bash
# github.com/pulumi/cloud-ready-checks v1.3.0, with which Pulumi's Kubernetes provider judges a Job.
#
# A good guess: a Job whose condition `Failed` is True has failed, so `pulumi up` ends with its reason.
# What it does: that is so for the reasons BackoffLimitExceeded and DeadlineExceeded alone. A Job that
# failed by its podFailurePolicy (reason PodFailurePolicy: an exit status that the user calls final) is
# neither ready nor failed, and is waited for until the timeout of the resource. The same goes for the
# reasons FailedIndexes and MaxFailedIndexesExceeded of an indexed Job.
#
#   BackoffLimitExceeded: ready false, 1 error
#   PodFailurePolicy: ready false, 0 errors
#
# What to do: let the pod itself try again, with backoffLimit 0.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat > main.go <<'GO'
package main

import (
	"fmt"

	"github.com/pulumi/cloud-ready-checks/pkg/kubernetes/job"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func main() {
	begun := metav1.Now()
	for _, reason := range []string{"BackoffLimitExceeded", "DeadlineExceeded", "PodFailurePolicy",
		"FailedIndexes", "MaxFailedIndexesExceeded"} {
		failed := &batchv1.Job{Status: batchv1.JobStatus{
			StartTime:  &begun,
			Failed:     1,
			Conditions: []batchv1.JobCondition{{Type: batchv1.JobFailed, Status: corev1.ConditionTrue, Reason: reason}},
		}}
		ready, results := job.NewJobChecker().ReadyDetails(failed)
		fmt.Printf("%s: ready %t, errors %d\n", reason, ready, len(results.Messages().Errors()))
	}
}
GO
go mod init example.test/finding > /dev/null 2>&1
go get github.com/pulumi/cloud-ready-checks@v1.3.0 > get.log 2>&1 || { cat get.log; exit 1; }
go mod tidy > tidy.log 2>&1 || { cat tidy.log; exit 1; }
go list -m github.com/pulumi/cloud-ready-checks k8s.io/api
go run . | tee seen

[ "$(cat seen)" = "BackoffLimitExceeded: ready false, errors 1
DeadlineExceeded: ready false, errors 1
PodFailurePolicy: ready false, errors 0
FailedIndexes: ready false, errors 0
MaxFailedIndexesExceeded: ready false, errors 0" ]
echo "as seen on 2026-11-30: a Job that failed by its podFailurePolicy is waited for"
