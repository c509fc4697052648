module tier0.test/tools/tofu

go 1.26.6

require github.com/opentofu/opentofu v1.12.6

// As in its own go.mod, whose replacement holds only for its own builds.
replace github.com/hashicorp/hcl/v2 v2.20.1 => github.com/opentofu/hcl/v2 v2.20.2-0.20251021132045-587d123c2828
