module github.com/pulumi/pulumi-kubernetes/sdk/v4

go 1.25.11

require github.com/pulumi/pulumi/sdk/v3 v3.250.0
