module tier0.test/tools/pause

go 1.25.0
