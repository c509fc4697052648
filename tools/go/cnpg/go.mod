module tier0.test/tools/cnpg

go 1.26.4

require github.com/cloudnative-pg/cloudnative-pg v1.30.0
