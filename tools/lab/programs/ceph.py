"""The Rook operator, built from its Go modules, one of which has to be completed first.

Rook's release 1.17.9 needs the module `pkg/apis` of the same day, which no registry serves: the
newest one served is three months older. tools/go/rook/additions.toml lists what it lacks; a copy of
the module in the cache gets these additions and takes its place in the build.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools import Fault
from tools.build.completed import Completed
from tools.build.toolchain import MODULES, Tool

_APIS = "github.com/rook/rook/pkg/apis"
_VERSION = "v0.0.0-20241216163035-3170ac6a0c58"
_PACKAGE = "ceph.rook.io/v1"


def _complete(module: Path) -> None:
    additions = (MODULES / "rook" / "additions.toml").read_text()
    complete(module / _PACKAGE, tomllib.loads(additions))


CEPH_TOOLS: Sequence[Tool] = (
    Completed(
        name="rook",
        version="v1.17.9",
        package="github.com/rook/rook/cmd/rook",
        folder="rook",
        seconds=191,
        stamps=("github.com/rook/rook/pkg/version.Version=v1.17.9",),
        module=(_APIS, _VERSION, "h1:z7TkRb4D+XvXIGg4ClSjZw8gAPQcZg9zUSFfZ0pUcTY="),
        change=_complete,
    ),
)


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
