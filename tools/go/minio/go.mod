module tier0.test/tools/minio

go 1.26.8
