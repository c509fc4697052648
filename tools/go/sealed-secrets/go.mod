module tier0.test/tools/sealed-secrets

go 1.25.4

require github.com/bitnami-labs/sealed-secrets v0.33.0
