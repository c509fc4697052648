"""The Rook operator, built from its Go modules, one of which has to be completed first.

Rook's release 1.17.9 needs the module `pkg/apis` of the same day, which no registry serves: the
newest one served is three months older. tools/go/rook/additions.toml lists what it lacks; a copy of
the module in the cache gets these additions and takes its place in the build.
"""

import re
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tools import Fault
from tools.build.cache import default_cache, digest, lab_cache, made
from tools.build.go import Go
from tools.build.toolchain import MODULES, Tool

_FORMAT = 1  # to be raised when the same additions shall be put in otherwise
_APIS = "github.com/rook/rook/pkg/apis"
_VERSION = "v0.0.0-20241216163035-3170ac6a0c58"
_CHECKSUM = "h1:z7TkRb4D+XvXIGg4ClSjZw8gAPQcZg9zUSFfZ0pUcTY="
_PACKAGE = "ceph.rook.io/v1"


@dataclass(frozen=True, kw_only=True)
class Completed(Tool):
    """A tool that is built with the completed `pkg/apis` in place of the one that is served."""

    @property
    def flags(self) -> list[str]:
        """As of every tool, and the completed module, which is made where it is missing."""
        return [*super().flags, f"-modfile={completed_apis() / 'build.mod'}"]

    @property
    def home(self) -> str:
        """As of every tool: the additions lie in its folder, the cache's place does not matter."""
        return Tool(**{field.name: getattr(self, field.name) for field in fields(Tool)}).home


CEPH_TOOLS: Sequence[Tool] = (
    Completed(
        name="rook",
        version="v1.17.9",
        package="github.com/rook/rook/cmd/rook",
        folder="rook",
        seconds=191,
        stamps=("github.com/rook/rook/pkg/version.Version=v1.17.9",),
    ),
)


def completed_apis() -> Path:
    """Return the folder of the completed module and of the go.mod and go.sum that build with it."""
    folder = MODULES / "rook"
    inputs = [path.read_text() for path in sorted(folder.iterdir())]
    place = lab_cache() / f"rook-apis-{digest(_FORMAT, _CHECKSUM, inputs, str(lab_cache()))}"

    def make(draft: Path, lock: int) -> None:
        archive = Go.find(default_cache(), lock).module(_APIS, _VERSION, _CHECKSUM)
        _unpack(archive, draft / "apis")
        complete(draft / "apis" / _PACKAGE, tomllib.loads((folder / "additions.toml").read_text()))
        replacement = f"\nreplace {_APIS} => {place / 'apis'}\n"
        (draft / "build.mod").write_text((folder / "go.mod").read_text() + replacement)
        (draft / "build.sum").write_text((folder / "go.sum").read_text())

    return made(place, make)


def complete(package: Path, additions: Mapping[str, Any]) -> None:
    """Put additions into a folder of Go files: declarations, fields of types, deep copies."""
    (package / "additions.go").write_text(additions["declarations"])
    _extend(package / "types.go", additions["fields"], r"^type {name} struct \{{$", "}")
    _extend(
        package / "zz_generated.deepcopy.go",
        additions["copies"],
        r"^func \(in \*{name}\) DeepCopyInto\(out \*{name}\) \{{$",
        "\treturn\n}",
    )


def _extend(source: Path, additions: Mapping[str, str], opening: str, closing: str) -> None:
    """Put each addition before the `closing` lines of the block that its `opening` begins."""
    text = source.read_text()
    for name, addition in additions.items():
        head = re.search(opening.format(name=name), text, re.MULTILINE)
        end = text.find(f"\n{closing}\n", head.end()) if head else -1
        if end < 0:
            raise Fault(
                "tools/go/rook/additions.toml",
                f"{source.name} of {_APIS} {_VERSION} has no {name} to add to",
                "write the additions again from what the compiler misses",
            )
        text = f"{text[:end]}\n{addition.rstrip()}{text[end:]}"
    source.write_text(text)


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack the module's go.mod and sources; its tests are not part of a build."""
    prefix = f"{_APIS}@{_VERSION}/"
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if name.endswith((".go", "/go.mod")) and not name.endswith("_test.go"):
                target = folder / name.removeprefix(prefix)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(opened.read(name))
