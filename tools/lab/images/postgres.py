"""PostgreSQL's images: the server with what barman needs, and Python with barman for the plugin.

They are made of Debian packages and hold what CloudNativePG's own `system` images and the plugin's
sidecar hold, as far as tier0 uses it, and pg_cron, whose jobs a clone must not run. Left out are
PostgreSQL's just-in-time compiler (LLVM, a third of the size; without its library the server plans
without it) and Perl, which only Debian's wrappers need: the operator calls the server's programs
themselves.
"""

from collections.abc import Mapping
from typing import Literal

from tools.lab.images.image import Image
from tools.lab.images.rootfs import VENV, Rootfs

SYSTEM = "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie"
"""What a cluster with a registry pulls as the server with Python, psycopg2 and boto3; in the lab
our image of PostgreSQL 17 has this name too."""

POOLER = "ghcr.io/cloudnative-pg/pgbouncer:1.25.1"
"""What CloudNativePG 1.30 runs as a pooler (pkg/versions/versions.go)."""

BARMAN = "3.20.0"
"""The release that the plugin's sidecar pins (containers/sidecar-requirements.txt)."""

_BARMAN_FOR_3_11 = "3.19.1"  # the last that runs on bookworm's Python
_SUITES: Mapping[int, Literal["bookworm", "trixie"]] = {15: "bookworm", 17: "trixie"}
"""The Debian that has a server of that version."""

# What that file pins for S3 and for each compression; psycopg2 comes from Debian, as no wheel of
# it is published.
_REQUIREMENTS = (
    "boto3==1.43.81",
    "botocore==1.43.81",
    "cramjam==2.12.1",
    "jmespath==1.1.0",
    "lz4==4.4.5",
    "python-dateutil==2.9.0.post0",
    "python-snappy==0.7.3",
    "s3transfer==0.19.2",
    "six==1.17.0",
    "urllib3==2.7.0",
    "zstandard==0.25.0",
)
_USER = 26  # the operator runs every instance as it
_POOLER_USER = 998  # and every pooler as it
_PACKAGES = ("ca-certificates", "python3-psycopg2")
_UNUSED = (
    "/usr/lib/*/perl",
    "/usr/share/perl",
    "/usr/share/i18n",
    "/usr/share/zoneinfo/right",
    f"{VENV}/lib/python3*/site-packages/pip",
    "/usr/share/python-wheels",
)
_JIT = (
    "/usr/lib/*/libLLVM*",
    "/usr/lib/llvm-*",
    "/usr/lib/postgresql/*/lib/llvmjit*",
    "/usr/lib/postgresql/*/lib/bitcode",
)
_ENVIRONMENT = {"LANG": "C.UTF-8"}
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def server(major: int, *tags: str) -> Image:
    """Return the image of a PostgreSQL server of Debian, 15 or 17, also known as `tags`."""
    suite = _SUITES[major]
    barman = BARMAN if suite == "trixie" else _BARMAN_FOR_3_11
    return Image(
        name=f"registry.local/postgresql:{major}",
        tags=tags,
        root=Rootfs(
            name=f"postgresql-{major}",
            suite=suite,
            packages=(*_PACKAGES, f"postgresql-{major}", f"postgresql-{major}-cron"),
            wheels=(f"barman=={barman}", *_REQUIREMENTS),
            users={"postgres": _USER},
            early={"/etc/postgresql-common/createcluster.conf": "create_main_cluster = false\n"},
            remove=(*_UNUSED, *_JIT),
            seconds=120,
        ),
        user=str(_USER),
        env=_ENVIRONMENT | {"PATH": f"/usr/lib/postgresql/{major}/bin:{VENV}/bin:{_PATH}"},
    )


def pgbouncer() -> Image:
    """Return the image of CloudNativePG's poolers, with psql; PgBouncer is Debian's, 1.24.

    CloudNativePG starts /usr/bin/pgbouncer as user 998, and enters its console over a socket by
    the name of the user (pgbouncer/run/cmd.go, specs/pgbouncer/deployments.go, v1.30.0).
    """
    return Image(
        name=POOLER,
        root=Rootfs(
            name="pgbouncer",
            suite="trixie",
            packages=("ca-certificates", "pgbouncer", "postgresql-client-17"),
            users={"pgbouncer": _POOLER_USER},
            remove=_UNUSED,
            seconds=60,
        ),
        links={"/usr/bin/pgbouncer": "/usr/sbin/pgbouncer"},
        user=str(_POOLER_USER),
        env=_ENVIRONMENT | {"PATH": f"/usr/lib/postgresql/17/bin:{_PATH}"},
    )


BARMAN_ROOT = Rootfs(
    name="barman",
    suite="trixie",
    packages=_PACKAGES,
    wheels=(f"barman=={BARMAN}", *_REQUIREMENTS),
    users={"postgres": _USER},
    remove=_UNUSED,
    seconds=90,
)
"""Python with barman and boto3, without a server."""

BARMAN_ENVIRONMENT = _ENVIRONMENT | {"PATH": f"{VENV}/bin:{_PATH}"}
BARMAN_USER = f"{_USER}:{_USER}"
