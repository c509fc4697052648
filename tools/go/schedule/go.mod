module tier0.test/tools/schedule

go 1.25.0

require github.com/robfig/cron v1.2.0
