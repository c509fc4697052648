"""Manifests of databases in any number, as people have them: one file for each object."""

from pathlib import Path

_CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {{name: db-{number}, namespace: shop}}
spec:
  instances: 3
  imageName: ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie
  enableSuperuserAccess: true
  storage: {{size: 20Gi, storageClass: fast}}
  resources: {{requests: {{cpu: 500m, memory: 2Gi}}, limits: {{memory: 4Gi}}}}
  postgresql:
    parameters: {{max_connections: "300", shared_buffers: 512MB, archive_timeout: 2min}}
  bootstrap: {{initdb: {{database: app, owner: app}}}}
  managed: {{roles: [{{name: reader, login: true, passwordSecret: {{name: db-{number}-reader}}}}]}}
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters: {{barmanObjectName: db-{number}}}
"""

_STORE = """\
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {{name: db-{number}, namespace: shop}}
spec:
  retentionPolicy: 30d
  configuration:
    destinationPath: s3://archives/db-{number}
    endpointURL: https://s3.example.org
    s3Credentials:
      accessKeyId: {{name: archives, key: ACCESS_KEY_ID}}
      secretAccessKey: {{name: archives, key: ACCESS_SECRET_KEY}}
    wal: {{compression: gzip, maxParallel: 4}}
"""

_SCHEDULE = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {{name: db-{number}, namespace: shop}}
spec:
  schedule: "0 0 2 * * *"
  cluster: {{name: db-{number}}}
  method: plugin
  pluginConfiguration: {{name: barman-cloud.cloudnative-pg.io}}
"""

_DATABASE = """\
apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata: {{name: db-{number}-wiki, namespace: shop}}
spec: {{name: wiki, owner: app, cluster: {{name: db-{number}}}, extensions: [{{name: pg_trgm}}]}}
"""

_KINDS = {"cluster": _CLUSTER, "store": _STORE, "schedule": _SCHEDULE, "database": _DATABASE}


def write(folder: Path, count: int) -> Path:
    """Write *count* manifests, four for each database, into a *folder*; return it."""
    folder.mkdir()
    for number in range(count // len(_KINDS)):
        for name, text in _KINDS.items():
            (folder / f"{number}-{name}.yaml").write_text(text.format(number=number))
    return folder
