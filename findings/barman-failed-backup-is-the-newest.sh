#!/usr/bin/env bash
# Barman 3.19.1, barman-cloud-backup, and github.com/cloudnative-pg/barman-cloud v0.5.1, which
# CloudNativePG 1.30.0 reads Barman's catalog with.
#
# A good guess: a base backup that failed (`FAILED` in backup-list) is none to recover from, and does not
# move the time of the last successful backup.
# What they do: Barman writes the end of a backup when PostgreSQL has ended it, which is before the last
# parts are uploaded, so that one which failed there has an end too. The Go library never reads `status`:
# what has a begin and an end is done to it. Of two backups, the second without its data.tar:
#
#   Barman: DONE FAILED
#   Go: last successful: the second, recovery starts from: the second
#   barman-cloud-restore of the first: 0
#   barman-cloud-restore of the second: 1
#
# So a cluster that fails each night this way has a "last successful backup" of last night, and an alert
# on its age is silent. A recovery that names no base backup fails, though an older one is whole: name one
# (`backupID`). Retention deletes no FAILED one, so only `barman-cloud-backup-delete -b` ends it.
# The store is moto's. backup.info is as barman-cloud-backup leaves it where a bucket's quota refuses
# data.tar (403 QuotaExceeded), and then takes the smaller file.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'barman[cloud]==3.19.1' 'moto[server]==5.2.5' boto3==1.43.6
cat > main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/cloudnative-pg/barman-cloud/pkg/catalog"
)

type everything struct{}

func (everything) GetBackupID() string   { return "" }
func (everything) GetTargetTime() string { return "2100-01-01T00:00:00Z" }
func (everything) GetTargetLSN() string  { return "" }
func (everything) GetTargetTLI() string  { return "latest" }

func main() {
	listed, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	found, err := catalog.NewCatalogFromBarmanCloudBackupList(string(listed))
	if err != nil {
		panic(err)
	}
	start, err := found.FindBackupInfo(everything{})
	if err != nil {
		panic(err)
	}
	names := map[bool]string{true: "the second", false: "the first"}
	fmt.Printf("Go: last successful: %s, recovery starts from: %s\n",
		names[found.GetLastSuccessfulBackupTime().Equal(found.List[1].EndTime)], names[start.ID == found.List[1].ID])
}
GO
go mod init example.test/finding > /dev/null 2>&1
go get github.com/cloudnative-pg/barman-cloud@v0.5.1 > get.log 2>&1 || { cat get.log; exit 1; }
go mod tidy > tidy.log 2>&1 || { cat tidy.log; exit 1; }
go build -o catalog .
venv/bin/barman-cloud-backup-list --version
go list -m github.com/cloudnative-pg/barman-cloud
venv/bin/python - > seen 2> log <<'PYTHON' || { cat log; exit 1; }
import io, json, os, subprocess, tarfile
from datetime import datetime, timedelta, timezone

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
url = "http://{}:{}".format(*server.get_host_and_port())
os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
store = boto3.client("s3", endpoint_url=url)
store.create_bucket(Bucket="archive")


def put(key, content):
    store.put_object(Bucket="archive", Key=f"db/base/{key}", Body=content)


def backup(day, **further):
    """Write the backup.info of a day's backup, and return its id."""
    begun = datetime(2026, 11, day, 2, tzinfo=timezone.utc)
    info = {
        "begin_time": begun, "end_time": begun + timedelta(minutes=9), "begin_xlog": f"0/{day}000028",
        "begin_wal": f"0000000100000000000000{day}", "end_wal": f"0000000100000000000000{day}",
        "end_xlog": f"0/{day}000100", "timeline": 1, "size": 1, "mode": "concurrent", "systemid": "7",
        "version": 170000, "pgdata": "/data", "server_name": "cloud", "xlog_segment_size": 1 << 24,
    } | further
    name = begun.strftime("%Y%m%dT%H%M%S")
    put(f"{name}/backup.info", "".join(f"{k}={v}\n" for k, v in info.items()).encode())
    return name


def barman(program, *words):
    command = [f"venv/bin/barman-cloud-{program}", "--endpoint-url", url, "s3://archive", "db", *words]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True)


first = backup(28, status="DONE")
second = backup(29, status="FAILED", error="failure uploading data (QuotaExceeded)")
data = io.BytesIO()
with tarfile.open(fileobj=data, mode="w") as packed:
    packed.addfile(tarfile.TarInfo("backup_label"))
put(f"{first}/data.tar", data.getvalue())
listed = barman("backup-list", "--format", "json").stdout
print("Barman:", *(it["status"] for it in json.loads(listed)["backups_list"]), flush=True)
subprocess.run(["./catalog"], input=listed, text=True, check=True)
print("barman-cloud-restore of the first:", barman("restore", first, "first").returncode)
print("barman-cloud-restore of the second:", barman("restore", second, "second").returncode)
PYTHON
cat seen

[ "$(cat seen)" = "Barman: DONE FAILED
Go: last successful: the second, recovery starts from: the second
barman-cloud-restore of the first: 0
barman-cloud-restore of the second: 1" ]
echo "as seen on 2026-11-30: a backup that failed is the newest one to CloudNativePG"
