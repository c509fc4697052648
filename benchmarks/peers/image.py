"""An image that starts like Docker's `postgres`, of the Debian packages that the lab has."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers.backups import docker
from tools.build.cache import lab_cache
from tools.lab.images import rootfs
from tools.lab.images.postgres import server

_ENTRYPOINT = """\
#!/bin/bash
set -e
install -d -o postgres /var/run/postgresql
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    install -d -o postgres -m 700 "$PGDATA"
    setpriv --reuid=postgres --regid=postgres --init-groups initdb -D "$PGDATA" -U postgres \\
        --auth=trust --encoding=UTF8 --locale=C --locale-provider=icu --icu-locale=en \\
        $POSTGRES_INITDB_ARGS
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
"""
"""ICU, as the packages have no other locale whose version PostgreSQL records."""

_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


def lab_image(major: int) -> str:
    """Make the image; return its name with `{major}` in it."""
    name = "tier0-peers-postgres"
    root = server(major).root
    assert root  # noqa: S101 - the server's image has one
    made = f"{name}:{major}"
    docker("import", rootfs.build(root, lab_cache()), made)
    with TemporaryDirectory() as folder:
        script = Path(folder) / "docker-entrypoint.sh"
        script.write_text(_ENTRYPOINT, encoding="utf-8")
        script.chmod(0o755)
        docker("create", "--name", name, made, "true")
        try:
            docker("cp", script, f"{name}:/usr/local/bin/{script.name}")
            changes = (
                f"ENV PATH=/usr/lib/postgresql/{major}/bin:{_PATH}",
                "ENV PGDATA=/var/lib/postgresql/data",
                'ENTRYPOINT ["docker-entrypoint.sh"]',
                'CMD ["postgres"]',
            )
            options = [part for change in changes for part in ("--change", change)]
            docker("commit", *options, name, made)
        finally:
            docker("rm", "-f", name)
    return f"{name}:{{major}}"
