module tier0.test/tools/language-host

go 1.25.0

require github.com/pulumi/pulumi/sdk/v3 v3.60.0
