"""Root folders of images, assembled by mmdebstrap from Debian packages and Python wheels.

The packages are those that the machine's own apt sources serve on the day of the build; a root is
rebuilt only when its description changes, or its file in the cache is removed.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from tools import ROOT, Fault
from tools.build.cache import digest, discard, made
from tools.build.go import run_logged
from tools.lab.machine.host import program

_FORMAT = 2  # to be raised when the same description shall give another root
_UNREAD = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")
_PYTHON = {"bookworm": "3.11", "trixie": "3.13"}
VENV = "/opt/venv"


@dataclass(frozen=True, kw_only=True)
class Rootfs:
    """A Debian root: what is in it, before and after Debian's own scripts ran."""

    name: str
    suite: Literal["bookworm", "trixie"]
    packages: tuple[str, ...]
    seconds: int = 180
    """How long it usually takes (shown while it is built)."""

    wheels: tuple[str, ...] = ()
    """Pinned requirements for the virtual environment /opt/venv, which sees Debian's packages."""

    users: Mapping[str, int] = field(default_factory=dict)
    """Accounts made before the packages come, which would choose other ids; uid and gid alike."""

    early: Mapping[str, str] = field(default_factory=dict)
    """Files that must be there before the packages are configured."""

    shims: Mapping[str, str] = field(default_factory=dict)
    """Files put in at the end; a program of that name is moved to `<name>.real` for the shim."""

    edits: tuple[tuple[str, str, str], ...] = ()
    """(path, old, new): text replaced once in an installed file; a fault where it is not found."""

    owned: Mapping[str, str] = field(default_factory=dict)
    """Folders made at the end, with their owner from `users` or Debian."""

    remove: tuple[str, ...] = ()
    """Glob patterns (absolute) of what is left out of the root in the end."""


def build(rootfs: Rootfs, cache: Path) -> Path:
    """Return the root as a tar file in `cache`, built where it is not there."""
    place = cache / "roots" / f"{rootfs.name}-{digest(_FORMAT, _described(rootfs))}.tar"
    return made(place, lambda draft, lock: _bootstrap(rootfs, cache, draft, lock))


def _described(rootfs: Rootfs) -> dict[str, object]:
    described = asdict(rootfs)
    del described["seconds"]
    return described


def _bootstrap(rootfs: Rootfs, cache: Path, draft: Path, lock: int) -> None:
    wheels = _wheels(rootfs, cache)
    note, scratch = draft.with_suffix(".json"), draft.with_suffix(".root")
    discard(scratch)
    scratch.mkdir()
    note.write_text(json.dumps(asdict(rootfs) | {"wheelhouse": str(wheels)}))
    hook = f"PYTHONPATH={ROOT} {sys.executable} -m tools.lab.images.rootfs"
    command = [
        # Its mounts (/proc, /dev) go with its processes: none is left after a kill.
        *(program("unshare"), "--mount", "--propagation=private"),
        *(program("mmdebstrap"), "--variant=minbase", "--mode=root", "--format=tar"),
        "--aptopt=Acquire::Languages none",
        "--aptopt=Acquire::Retries 3",
        "--dpkgopt=force-unsafe-io",
        *(f"--dpkgopt=path-exclude={pattern}" for pattern in _UNREAD),
        f"--include={','.join((*rootfs.packages, *_python(rootfs)))}",
        f'--essential-hook={hook} early {shlex.quote(str(note))} "$1"',
        f'--customize-hook={hook} late {shlex.quote(str(note))} "$1"',
        rootfs.suite,
        str(draft),
        *_sources(rootfs.suite),
    ]
    try:
        run_logged(
            command,
            log=cache / "logs" / f"root-{rootfs.name}.log",
            label=f"root {rootfs.name}: Debian {rootfs.suite}, {len(rootfs.packages)} packages",
            usual=rootfs.seconds,
            cwd=draft.parent,
            environment=os.environ | {"LC_ALL": "C", "TMPDIR": str(scratch)},
            lock=lock,
        )
    finally:
        note.unlink(missing_ok=True)
        discard(scratch)


def _python(rootfs: Rootfs) -> tuple[str, ...]:
    return ("python3-minimal", "python3-venv") if rootfs.wheels else ()


def _sources(suite: str) -> list[str]:
    """Make apt lines for the suite from where this machine's own apt gets Debian."""
    form = "$(LABEL)|$(REPO_URI)"
    answer = subprocess.run(
        [program("apt-get"), "indextargets", "--format", form, "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = dict(line.split("|", 1) for line in reversed(answer.stdout.splitlines()))
    if "Debian" not in found:
        raise Fault(
            "apt",
            "no source of this machine is Debian's archive",
            "add one to /etc/apt/sources.list.d and run `apt-get update`",
        )
    lines = [f"deb {found['Debian']} {name} main" for name in (suite, f"{suite}-updates")]
    if "Debian-Security" in found:
        lines.append(f"deb {found['Debian-Security']} {suite}-security main")
    return lines


def _wheels(rootfs: Rootfs, cache: Path) -> Path | None:
    """Fetch the wheels for the root's Python outside of it: it has neither network nor CAs."""
    if not rootfs.wheels:
        return None
    version = _PYTHON[rootfs.suite]

    def fetch(draft: Path, lock: int) -> None:
        draft.mkdir()
        run_logged(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:"),
                # Each is named with its version; what has no wheel is a Debian package of the root.
                *("--no-deps", "--python-version", version, "--dest", str(draft), *rootfs.wheels),
            ],
            log=cache / "logs" / f"wheels-{rootfs.name}.log",
            label=f"wheels for {rootfs.name}: {', '.join(rootfs.wheels)}",
            usual=20,
            cwd=draft,
            environment=os.environ,
            lock=lock,
        )

    name = f"wheels-{rootfs.name}-{digest(version, rootfs.wheels)}"
    return made(cache / "wheels" / name, fetch)


def _early(described: dict[str, object], root: Path) -> None:
    """Do what must precede the packages' own scripts."""
    users, early = described["users"], described["early"]
    assert isinstance(users, dict)  # noqa: S101 (it is our own JSON)
    assert isinstance(early, dict)  # noqa: S101
    for name, number in users.items():
        with (root / "etc/group").open("a") as group:
            group.write(f"{name}:x:{number}:\n")
        with (root / "etc/passwd").open("a") as passwd:
            passwd.write(f"{name}:x:{number}:{number}::/var/lib/{name}:/bin/sh\n")
        home = root / "var/lib" / name
        home.mkdir(parents=True, exist_ok=True)
        os.chown(home, number, number)
    # No package may start a service while it is installed.
    _write(root / "usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n")
    for path, text in early.items():
        _write(root / path.lstrip("/"), text)


def _late(described: dict[str, object], root: Path) -> None:
    """Do what follows the packages: wheels, shims, edits, folders, and what is left out."""
    rootfs = Rootfs(**{name: described[name] for name in Rootfs.__dataclass_fields__})  # type: ignore[arg-type]
    if rootfs.wheels:
        _install_wheels(rootfs, Path(str(described["wheelhouse"])), root)
    for path, text in rootfs.shims.items():
        target = root / path.lstrip("/")
        if target.exists():
            target.rename(target.with_name(f"{target.name}.real"))
        _write(target, text)
    for path, old, new in rootfs.edits:
        target = root / path.lstrip("/")
        text = target.read_text()
        if old not in text:
            raise SystemExit(f"error: {path} does not hold {old!r}; fix the root {rootfs.name}")
        target.write_text(text.replace(old, new, 1))
    for path, owner in rootfs.owned.items():
        (root / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
        subprocess.run([program("chroot"), root, "chown", f"{owner}:{owner}", path], check=True)
    for pattern in (*rootfs.remove, "/var/lib/apt/lists/*", "/var/cache/apt/*", "/var/log/*.log"):
        for found in root.glob(pattern.lstrip("/")):
            discard(found)
    (root / "usr/sbin/policy-rc.d").unlink()


def _install_wheels(rootfs: Rootfs, wheelhouse: Path, root: Path) -> None:
    inside = root / "tmp" / "wheels"
    shutil.copytree(wheelhouse, inside)
    # pip's settings outside (certificates, indexes) name paths that are not in the root.
    clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root"}
    python = f"{VENV}/bin/python"
    pip = [python, "-m", "pip", "install", "--no-index", "--no-cache-dir", "--quiet"]
    # mmdebstrap sets back what is newer than its own start, and bytecode that names its source's
    # time is stale then: each start of barman compiled boto3 again (0.63 s instead of 0.30 s).
    compile_all = [python, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    for command in (
        ["python3", "-m", "venv", "--system-site-packages", VENV],
        [*pip, "--no-compile", "--find-links=/tmp/wheels", *rootfs.wheels],
        [*compile_all, f"{VENV}/lib"],
    ):
        subprocess.run([program("chroot"), root, *command], env=clean, check=True)
    shutil.rmtree(inside)


def _write(target: Path, text: str) -> None:
    """Write a file; what begins as a script is made executable."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    target.chmod(0o755 if text.startswith("#!") else 0o644)


if __name__ == "__main__":  # mmdebstrap calls this as its hooks
    _step = {"early": _early, "late": _late}[sys.argv[1]]
    _step(json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3]))
