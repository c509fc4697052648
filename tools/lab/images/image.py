"""Container images without a registry and without docker: an archive that containerd imports.

An image is a Debian root (see rootfs.py), or single files on nothing, or both: the files are then a
separate layer, so that images on one root share its layer in the node's store.
"""

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools import Fault
from tools.build.cache import digest, made
from tools.lab.images import rootfs
from tools.lab.images.rootfs import Rootfs

_FORMAT = 1  # to be raised when the same description shall give another image
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_BLOCK = 1 << 20
BY_DIGEST = "registry.local/by-digest"
"""Prefix of a name that every image also gets: it says what the image was made from."""


@dataclass(frozen=True)
class File:
    """A file of this machine that goes into an image, owned by root there."""

    source: Path
    mode: int = 0o755


@dataclass(frozen=True, kw_only=True)
class Image:
    """One image, by what is in it and how it is run."""

    name: str
    tags: tuple[str, ...] = ()
    """Other names under which it is also known, as those in manifests of its project."""

    root: Rootfs | None = None
    files: Mapping[str, File] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    """Symbolic links: path in the image, target."""

    folders: Mapping[str, int] = field(default_factory=dict)
    """Empty folders with their mode, as 0o1777 for /tmp."""

    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Everything it is made from; reads the files, not the root (whose description counts)."""
        return digest(
            _FORMAT,
            platform.machine(),
            self.root,
            self.entrypoint,
            self.command,
            self.user,
            sorted(self.env.items()),
            sorted(self.links.items()),
            sorted(self.folders.items()),
            [(path, file.mode, _sum(file.source)) for path, file in sorted(self.files.items())],
        )

    @property
    def made_from(self) -> str:
        """The name that holds its digest."""
        return f"{BY_DIGEST}/{_slug(self.name)}:{self.digest}"

    @property
    def names(self) -> list[str]:
        """Every name under which the node shall know it."""
        return [self.name, *self.tags, self.made_from]


def build(image: Image, cache: Path) -> Path:
    """Return the image as a docker-archive in `cache`, written where it is not there."""
    base = rootfs.build(image.root, cache) if image.root else None
    place = cache / "images" / f"{_slug(image.name)}-{digest(image.digest, image.tags)}.tar"
    return made(place, lambda draft, _: _write(image, base, draft))


def _write(image: Image, base: Path | None, draft: Path) -> None:
    extra = draft.with_suffix(".layer")
    _write_layer(image, extra)
    layers = [path for path in (base, extra) if path]
    try:
        sums = [_sum(path) for path in layers]
        configuration = json.dumps(_configuration(image, sums)).encode()
        name = f"{hashlib.sha256(configuration).hexdigest()}.json"
        manifest = [
            {
                "Config": name,
                "RepoTags": image.names,
                "Layers": [f"{layer}/layer.tar" for layer in sums],
            }
        ]
        with tarfile.open(draft, "w") as archive:
            _add(archive, name, configuration)
            for layer, path in zip(sums, layers, strict=True):
                archive.add(path, f"{layer}/layer.tar", filter=_anonymous)
            _add(archive, "manifest.json", json.dumps(manifest).encode())
    finally:
        extra.unlink(missing_ok=True)


def _configuration(image: Image, sums: list[str]) -> dict[str, object]:
    machine = platform.machine()
    if machine not in _MACHINES:
        raise Fault(machine, "images are made for x86_64 and aarch64 only", "use such a machine")
    run: dict[str, object] = {
        "User": image.user,
        "WorkingDir": "/",
        "Env": [f"{name}={value}" for name, value in ({"PATH": _PATH} | dict(image.env)).items()],
    }
    if image.entrypoint:
        run["Entrypoint"] = image.entrypoint
    if image.command:
        run["Cmd"] = image.command
    return {
        "architecture": _MACHINES[machine],
        "os": "linux",
        "created": "2026-01-01T00:00:00Z",
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}" for layer in sums]},
        "history": [{"created_by": "tier0"} for _ in sums],
    }


def _write_layer(image: Image, target: Path) -> None:
    with tarfile.open(target, "w") as layer:
        known = {""}

        def parents(path: str) -> None:
            # On a Debian root these folders may be links (/bin): those must not be replaced.
            for parent in reversed(Path(path).parents):
                name = str(parent) if str(parent) != "." else ""
                if image.root is None and name not in known:
                    _add_folder(layer, name, 0o755)
                known.add(name)

        for path, mode in sorted(image.folders.items()):
            parents(path.strip("/"))
            known.add(path.strip("/"))
            _add_folder(layer, path.strip("/"), mode)
        for path, file in sorted(image.files.items()):
            parents(path.strip("/"))
            with file.source.open("rb") as content:
                entry = tarfile.TarInfo(path.strip("/"))
                entry.size, entry.mode = file.source.stat().st_size, file.mode
                layer.addfile(entry, content)
        for path, link in sorted(image.links.items()):
            parents(path.strip("/"))
            entry = tarfile.TarInfo(path.strip("/"))
            entry.type, entry.linkname = tarfile.SYMTYPE, link
            layer.addfile(entry)


def _add_folder(layer: tarfile.TarFile, name: str, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, mode
    layer.addfile(entry)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who wrote it and when, so that the same content is the same archive."""
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def _sum(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(_BLOCK):
            total.update(block)
    return total.hexdigest()


def _slug(name: str) -> str:
    return name.replace("registry.local/", "").replace("/", "-").replace(":", "-")
