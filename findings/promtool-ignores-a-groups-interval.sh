#!/usr/bin/env bash
# promtool of Prometheus 2.42.0, `promtool test rules`, and a group with an interval.
#
# A good guess: a unit test evaluates each group as the server does, so at the group's `interval`, and at
# `evaluation_interval` where it has none. And a test of an alert that no rule has fails.
# What it does: it evaluates every group each `evaluation_interval`. What a group with `interval: 10m`
# records is seen for 5 minutes (a query looks no further back), then it is gone for 5. An alert on it with
# `for: 7m` never fires in the server. In the test it does, and the name with a typing error passes:
#
#   evaluation_interval 1m: recorded at 37 minutes: 2220, firing at 40 minutes: yes
#   evaluation_interval 10m: recorded at 37 minutes: nothing
#   no alert of a name that no rule has: passed
#
# So a green test of an alert says nothing about gaps: record at no more than half of 5 minutes, give a
# test `evaluation_interval` of the slowest group, and let each test expect the alert once.
set -euo pipefail

folder=$(mktemp -d /tmp/finding.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
(umask 022; apt-get download -qq prometheus=2.42.0+ds-5+deb12u1 2> /dev/null)
dpkg -x prometheus_*.deb .
usr/bin/promtool --version 2>&1 | head -n 1
cat > rules.yml <<'YAML'
groups:
  - name: slow
    interval: 10m
    rules:
      - record: archive:age:seconds
        expr: time() - last_archived
  - name: fast
    rules:
      - alert: ArchiveOld
        expr: archive:age:seconds > 600
        for: 7m
YAML

promtool() { # evaluation_interval, what is tested, and whether it passes
  cat > test.yml << YAML
rule_files: [rules.yml]
evaluation_interval: $1
tests:
  - interval: 1m
    input_series: [{series: last_archived, values: 0x60}]
    $2
YAML
  found=passes
  usr/bin/promtool test rules test.yml > log 2>&1 || found=fails
  [ "$found" = "$3" ] || { cat log; exit 1; }
}
recorded() { echo "promql_expr_test: [{expr: 'archive:age:seconds', eval_time: 37m, exp_samples: [$1]}]"; }
alert() { echo "alert_rule_test: [{alertname: $1, eval_time: 40m, exp_alerts: [$2]}]"; }

promtool 1m "$(recorded '{labels: "archive:age:seconds", value: 2220}')" passes
promtool 1m "$(recorded '')" fails
promtool 1m "$(alert ArchiveOld '{exp_labels: {}}')" passes
promtool 1m "$(alert ArchiveOld '')" fails
echo "evaluation_interval 1m: recorded at 37 minutes: 2220, firing at 40 minutes: yes"
promtool 10m "$(recorded '')" passes
echo "evaluation_interval 10m: recorded at 37 minutes: nothing"
promtool 1m "$(alert ArchivOld '')" passes
promtool 1m "$(alert ArchivOld '{exp_labels: {}}')" fails
echo "no alert of a name that no rule has: passed"
echo "as seen on 2026-11-30: a group's interval is none in a test"
