module tier0.test/tools/barman-plugin

go 1.26.4

require github.com/cloudnative-pg/plugin-barman-cloud v0.15.0

// v0.6.0 of both, which this release asks for, is not served. These are the versions that plugin v0.13.0 asks for, and
// the newest with which v0.15.0 compiles; its own source is unchanged.
replace (
	github.com/cloudnative-pg/barman-cloud => github.com/cloudnative-pg/barman-cloud v0.5.2-0.20260609065833-bd68198c31dc
	github.com/cloudnative-pg/machinery => github.com/cloudnative-pg/machinery v0.5.0
)
