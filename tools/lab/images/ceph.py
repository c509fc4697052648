"""The image of Ceph's daemons and of the Rook operator that drives them: Debian's Ceph Reef.

Upstream's image is not served by a package registry. Debian's packages differ from it in what the
shims and edits below make even; each names what fails without it.
"""

from pathlib import Path

from tools.lab.images.image import File, Image
from tools.lab.images.rootfs import Rootfs

CEPH_IMAGE = "quay.io/ceph/ceph:v18.2.7"
"""The name under which upstream publishes this release; Rook 1.17 supports it."""

ROOK_IMAGE = "docker.io/rook/ceph:v1.17.9"
"""The name in the operator's own manifest."""

# Linux without the device mapper: Rook asks only for its version, to log it, and gives up on the
# non-zero status before it prepares the disk. All else goes to the real program.
_DMSETUP = """\
#!/bin/sh
if [ "$1" = version ]; then
    dmsetup.real version 2>/dev/null || true
    exit 0
fi
exec dmsetup.real "$@"
"""

# Debian's default for this folder is relative, right only in /; Rook starts daemons elsewhere, and
# without the classes RGW cannot make its realm: (95) Operation not supported.
_OSD = """\
#!/bin/sh
set -- /usr/lib/*-linux-gnu/rados-classes "$@"
classes=$1
shift
exec /usr/bin/ceph-osd.real "--osd-class-dir=$classes" "$@"
"""


def _optional(statement: str, name: str) -> tuple[str, str]:
    """Make one import of a manager module optional.

    Debian's build of these libraries cannot be loaded by the manager's subinterpreters (PyO3), and
    every module that imports one counts as failed: the cluster would never be HEALTH_OK. What they
    serve (the dashboard's passwords, the restful module's certificate) is not used here.
    """
    lenient = f"\ntry:\n    {statement}\nexcept ImportError:\n    {name} = None\n"
    return f"\n{statement}\n", lenient


ROOT = Rootfs(
    name="ceph",
    suite="trixie",
    packages=(
        "ca-certificates",
        "ceph-common",
        "ceph-mgr",
        "ceph-mon",
        "ceph-osd",
        "ceph-volume",
        "curl",
        "gdisk",
        "hostname",
        "iproute2",
        "jq",
        "logrotate",
        "lvm2",
        "procps",
        "python3",
        "radosgw",
        "udev",
    ),
    # Rook writes files for 167, the id in upstream's image; Debian's own choice is another.
    users={"ceph": 167, "rook": 2016},
    shims={"/usr/sbin/dmsetup": _DMSETUP, "/usr/bin/ceph-osd": _OSD},
    edits=(
        ("/usr/share/ceph/mgr/mgr_util.py", *_optional("import bcrypt", "bcrypt")),
        (
            "/usr/share/ceph/mgr/restful/module.py",
            *_optional("from OpenSSL import crypto", "crypto"),
        ),
    ),
    owned={"/etc/ceph": "ceph", "/var/log/ceph": "ceph", "/run/ceph": "ceph"},
    seconds=170,
)


def ceph_images(rook: Path) -> list[Image]:
    """Return the daemons' image and the operator's, which is the same root and one program more.

    The daemons' image must have no entrypoint: Rook names every command itself. The operator's must
    have one: its manifest gives arguments only, and would run Ceph's command line with them.
    """
    program = "/usr/local/bin/rook"
    return [
        Image(name=CEPH_IMAGE, root=ROOT, env={"LANG": "C.UTF-8"}),
        Image(
            name=ROOK_IMAGE,
            root=ROOT,
            files={program: File(rook)},
            # Looked into by the operator at its start.
            folders={"/etc/ceph-monitoring": 0o755, "/etc/rook-external": 0o755},
            entrypoint=(program,),
            user="rook",
            env={"LANG": "C.UTF-8"},
        ),
    ]
