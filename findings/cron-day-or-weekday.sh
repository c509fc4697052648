#!/usr/bin/env bash
# github.com/robfig/cron v1.2.0, which CloudNativePG reads schedules with, and croniter 7.0.0 of PyPI.
#
# A good guess: a star with a step is a short form of a list, so */2 and 1-31/2 are the same days; with a
# weekday next to it both say "this day or that weekday". And two parsers that both take six fields read
# the same times from them.
# What they do: for robfig a day of month that begins with a star, also one with a
# step, turns *or* into *and*; croniter keeps *or*. Its sixth field has the seconds, robfig's first. Times
# from 30 November 2026, 12:00 on:
#
#   robfig   0 0 2 1-31/2 * 1  12-01 12-03 12-05 12-07
#   robfig   0 0 2 */2 * 1     12-07 12-21 01-11 01-25
#   croniter 0 2 1-31/2 * 1    12-01 12-03 12-05 12-07
#   croniter 0 2 */2 * 1       12-01 12-03 12-05 12-07
#   robfig   0 0 2 * * *       12-01 12-02 12-03 12-04
#   croniter 0 0 2 * * *       12-02 12-02 12-02 12-02
#
# (The last is each second of a minute at midnight, on the second of a month.) So a check in Python may
# count on a base backup every two days where the cluster takes one in two weeks, and WAL of two weeks is
# what a restore replays.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat > main.go <<'GO'
package main

import (
	"fmt"
	"time"

	"github.com/robfig/cron"
)

func main() {
	for _, written := range []string{"0 0 2 1-31/2 * 1", "0 0 2 */2 * 1", "0 0 2 * * *"} {
		schedule, err := cron.Parse(written)
		if err != nil {
			panic(err)
		}
		fmt.Printf("robfig   %-17s", written)
		at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
		for range 4 {
			at = schedule.Next(at)
			fmt.Print(at.Format(" 01-02"))
		}
		fmt.Println()
	}
}
GO
go mod init example.test/finding > /dev/null 2>&1
go get github.com/robfig/cron@v1.2.0 > get.log 2>&1 || { cat get.log; exit 1; }
python3 -m venv venv
venv/bin/pip install --quiet croniter==7.0.0
go list -m github.com/robfig/cron
venv/bin/pip list 2> /dev/null | grep '^croniter'
go run . | tee seen
venv/bin/python - <<'PYTHON' | tee -a seen
from datetime import datetime

from croniter import croniter

for written in ("0 2 1-31/2 * 1", "0 2 */2 * 1", "0 0 2 * * *"):
    times = croniter(written, datetime(2026, 11, 30, 12))
    days = [f"{times.get_next(datetime):%m-%d}" for _ in range(4)]
    print(f"croniter {written:17}", *days)
PYTHON

[ "$(cat seen)" = "robfig   0 0 2 1-31/2 * 1  12-01 12-03 12-05 12-07
robfig   0 0 2 */2 * 1     12-07 12-21 01-11 01-25
robfig   0 0 2 * * *       12-01 12-02 12-03 12-04
croniter 0 2 1-31/2 * 1    12-01 12-03 12-05 12-07
croniter 0 2 */2 * 1       12-01 12-03 12-05 12-07
croniter 0 0 2 * * *       12-02 12-02 12-02 12-02" ]
echo "as seen on 2026-11-30: a star with a step is 'and' for one parser and 'or' for the other"
