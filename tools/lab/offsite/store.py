"""A second, independent Ceph RGW outside of the node, for what must survive the node.

One monitor, one disk and one gateway as plain processes in the neighbour's network, out of the same
Debian root as the node's Ceph, over HTTPS with its own authority. No manager: a gateway needs
none. Its buckets can have object lock, and it encrypts by a KMS of its own. Besides its owner it
has a user who may list, read and write in one bucket and delete nothing: the one that copies.
"""

import json
import secrets
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tools import Fault, kube, write_atomically
from tools.build.cache import digest, discard, lab_cache, made
from tools.daemon import Daemon
from tools.lab.databases.archives import Archive
from tools.lab.images import rootfs
from tools.lab.images.ceph import ROOT
from tools.lab.machine.host import program
from tools.lab.machine.network import inside
from tools.lab.machine.paths import OFFSITE_ADDRESS, OFFSITE_HOST, OFFSITE_NETWORK
from tools.lab.node.pki import Authority
from tools.lab.offsite.kms import Kms
from tools.lab.offsite.settings import CLIENT, CONFIGURATION, LOCK, policy
from tools.lab.operators.manifests import Manifest

if TYPE_CHECKING:
    from tools.lab.cluster import Lab

ENDPOINT = f"https://{OFFSITE_HOST}:443"

COPIER = "offsite-copy"
"""The user that copies, and the Secret with its keys."""

_SECRET = "offsite"
_SECONDS = 90.0
# Everything is mounted for the one process only, so that nothing is left mounted when it ends.
_ENTER = (
    'mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && mount --bind "$1" "$0/srv"'
    ' && root=$0 && shift && exec chroot "$root" "$@"'
)


class Offsite:
    """The off-site store of a lab; its data are in the lab's folder for what survives the node."""

    def __init__(self, lab: "Lab") -> None:
        """Name it; nothing is started."""
        self._folder = lab.offsite / "store"
        self._daemons = {name: Daemon(name, self._folder) for name in ("mon", "osd", "rgw")}
        self._authority = Authority(self._folder / "tls", "offsite-ca")
        self.kms = Kms(self._folder / "kms")

    @property
    def ca(self) -> Path:
        """The authority's certificate, for its clients."""
        return self._authority.certificate

    @property
    def keys(self) -> tuple[str, str]:
        """The access key of its owner and its secret."""
        return self._keys(_SECRET)

    @property
    def copier_keys(self) -> tuple[str, str]:
        """The access key of the user that copies and its secret."""
        return self._keys(COPIER)

    def _keys(self, user: str) -> tuple[str, str]:
        access, secret = json.loads((self._folder / "keys.json").read_text())[user]
        return access, secret

    def start(self) -> None:
        """Start what does not run, made where missing; return when it answers over HTTPS."""
        whole = self._folder / "whole"
        if not whole.exists():
            discard(self._folder)
            self._create()
        self._run("mon", ["ceph-mon", "-f", "-i", "a"])
        self._wait("mon", ["ceph", "--connect-timeout=5", "mon", "stat"])
        if not whole.exists():
            number = str(uuid.uuid4())
            self._checked(["ceph", "osd", "new", number])
            self._checked(["ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", number])
            whole.touch()
        self._run("osd", ["ceph-osd", "-f", "-i", "0"])
        self._wait("osd", ["bash", "-c", "ceph -c /srv/ceph.conf osd stat | grep -q '1 up'"])
        self.kms.start()
        self._run("rgw", ["radosgw", "-f", "-n", CLIENT])
        self._wait("rgw", ["curl", "-sk", "-o", "/dev/null", f"https://{OFFSITE_ADDRESS}/"])
        for user in (_SECRET, COPIER):
            self._user(user)

    def stop(self) -> None:
        """Stop it, the gateway first; its data stay."""
        for name in reversed(self._daemons):
            self._daemons[name].stop()
        self.kms.stop()

    def make_bucket(self, name: str, *, locked: bool = False) -> None:
        """Make a bucket, if need be one whose objects can be locked; it may be there already."""
        lock = ["-H", "x-amz-bucket-object-lock-enabled: true"] if locked else []
        self.request(f"/{name}", "-X", "PUT", *lock)

    def make_copy_bucket(self, name: str, days: int | None) -> None:
        """Make a bucket open to who copies, its objects locked for so many days, or not at all."""
        self.make_bucket(name, locked=days is not None)
        if days is not None:
            lock = LOCK.format(days=days)
            self.request(f"/{name}?object-lock=", "-X", "PUT", "--data", lock)
        self.request(
            f"/{name}?policy=", "-X", "PUT", "--data", json.dumps(policy(name, COPIER, _SECRET))
        )

    def raw_object(self, key: str) -> bytes:
        """Return an object as it lies in Ceph; `key` is a part of its name, as in ceph."""
        pool = ("rados", "-p", "default.rgw.buckets.data")
        names = [one for one in self._checked([*pool, "ls"]).splitlines() if key in one]
        found = b""
        for name in names:
            line = self._inside([*pool, "get", name, "-"])
            found += subprocess.run(line, capture_output=True, check=True).stdout
        return found

    def limit(self, bucket: str, objects: int) -> None:
        """Let a bucket hold no more than so many objects; -1 is no limit."""
        admin, which = self._admin("quota"), [f"--bucket={bucket}", "--quota-scope=bucket"]
        self._checked([*admin, "set", *which, f"--max-objects={objects}"])
        self._checked([*admin, "enable" if objects >= 0 else "disable", *which])

    def secret(self, namespace: str) -> Manifest:
        """Return its keys and its authority as the Secret that `archive` asks for."""
        access, secret = self.keys
        known = {"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret}
        return self._secret(namespace, _SECRET, known)

    def copier_secret(self, namespace: str) -> Manifest:
        """Return the Secret that OffsiteSpec asks for by its default names, with the authority."""
        access, secret = self.copier_keys
        known = {"ACCESS_KEY_ID": access, "ACCESS_SECRET_KEY": secret}
        return self._secret(namespace, COPIER, known)

    def _secret(self, namespace: str, name: str, known: dict[str, str]) -> Manifest:
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": namespace},
            "stringData": known | {"ca.crt": self.ca.read_text()},
        }

    def archive(self, bucket: str) -> Archive:
        """Return one of its buckets as an archive, for a namespace that has its Secret."""
        return Archive(bucket=bucket, endpoint=ENDPOINT, credentials=_SECRET, ca=_SECRET)

    def request(self, path: str, *arguments: str, user: str = "") -> str:
        """Send a signed S3 request by curl, with its arguments; return what it prints.

        The owner sends it, or another user. A fault with the store's own words where the answer is
        an error.
        """
        return self._checked(self._curl(user or _SECRET, path, *arguments))

    def _create(self) -> None:
        for name in ("mon", "osd", "run", "tls"):
            (self._folder / name).mkdir(parents=True)
        self._authority.create()
        self._authority.issue("rgw", f"/CN={OFFSITE_HOST}", "serverAuth", [f"DNS:{OFFSITE_HOST}"])
        keys = {
            user: (secrets.token_hex(10).upper(), secrets.token_urlsafe(30))
            for user in (_SECRET, COPIER)
        }
        write_atomically(self._folder / "keys.json", json.dumps(keys))
        number = str(uuid.uuid4())
        (self._folder / "ceph.conf").write_text(CONFIGURATION.format(fsid=number))
        address = f"[v2:{OFFSITE_ADDRESS}:3300,v1:{OFFSITE_ADDRESS}:6789]"
        make = ["monmaptool", "--create", "--fsid", number, "--addv", "a", address, "/srv/monmap"]
        self._checked(make)
        self._checked(["ceph-mon", "-i", "a", "--mkfs", "--monmap", "/srv/monmap"])

    def _user(self, user: str) -> None:
        access, secret = self._keys(user)
        admin, named = self._admin("user"), f"--uid={user}"
        if self._answer([*admin, "info", named]).returncode:
            key = [f"--access-key={access}", f"--secret-key={secret}"]
            self._checked([*admin, "create", named, f"--display-name={user}", *key])

    def _admin(self, what: str) -> list[str]:
        return ["radosgw-admin", "-n", CLIENT, what]

    def _curl(self, user: str, path: str, *arguments: str) -> list[str]:
        """Return a signed request to the gateway."""
        access, secret = self._keys(user)
        return [
            *("curl", "--silent", "--show-error", "--cacert", "/srv/tls/offsite-ca.crt"),
            *("--aws-sigv4", "aws:amz:us-east-1:s3", "--user", f"{access}:{secret}"),
            *("--resolve", f"{OFFSITE_HOST}:443:{OFFSITE_ADDRESS}", f"{ENDPOINT}{path}"),
            *("--fail-with-body", *arguments),
        ]

    def _run(self, name: str, command: Sequence[str]) -> None:
        if self._daemons[name].pid is None:
            self._daemons[name].start(self._inside(command))

    def _wait(self, name: str, question: Sequence[str]) -> None:
        daemon = self._daemons[name]

        def answers() -> bool:
            if daemon.pid is None:
                raise daemon.fault("it ended", "run `make lab-down`, then `make lab`")
            return self._answer(question).returncode == 0

        kube.wait(f"off-site {name}", answers, lambda: str(daemon.fault("says")), _SECONDS)

    def _checked(self, command: Sequence[str]) -> str:
        answer = self._answer(command)
        if answer.returncode:
            said = (answer.stdout or answer.stderr).strip()[-300:]
            raise Fault("off-site store", f"`{command[0]}` failed ({said})", "run `make lab-down`")
        return answer.stdout

    def _answer(self, command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        line = self._inside(command)
        return subprocess.run(line, capture_output=True, text=True, check=False)

    def _inside(self, command: Sequence[str]) -> list[str]:
        """Return a command as it runs in Ceph's root, with the store's folder as /srv."""
        name, *arguments = command
        known = [] if name in {"bash", "curl", "monmaptool"} else ["-c", "/srv/ceph.conf"]
        return [
            *inside(OFFSITE_NETWORK),
            *(program("unshare"), "--mount", "--propagation=private", "/bin/sh", "-c", _ENTER),
            *(str(_tree()), str(self._folder), name, *known, *arguments),
        ]


def _tree() -> Path:
    """Return Ceph's root as a folder, unpacked where it is not in the cache."""
    packed = rootfs.build(ROOT, lab_cache())

    def unpack(draft: Path, _: int) -> None:
        draft.mkdir()
        subprocess.run([program("tar"), "-C", draft, "-xf", packed], check=True)

    return made(lab_cache() / "trees" / f"ceph-{digest(packed.name)}", unpack)
