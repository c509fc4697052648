"""Programs of which one module is changed before it is built: a copy of it in the cache is used."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from tools.build.cache import default_cache, digest, made
from tools.build.go import Go
from tools.build.toolchain import MODULES, Tool


@dataclass(frozen=True, kw_only=True)
class Completed(Tool):
    """A tool that is built with a changed copy of one of its modules."""

    module: tuple[str, str, str]
    """Name, version and h1 sum of the module that is served."""

    change: Callable[[Path], None]
    """Change the copy in a folder."""

    edition: int = 1
    """To be raised when `change` does something else."""

    @property
    def flags(self) -> list[str]:
        """As of every tool, and the changed module, which is made where it is missing."""
        return [*super().flags, f"-modfile={self._changed() / 'build.mod'}"]

    @property
    def home(self) -> str:
        """As of every tool and edition; the place of the copy does not matter."""
        plain = Tool(**{field.name: getattr(self, field.name) for field in fields(Tool)}).home
        return plain if self.edition == 1 else f"{plain}-{self.edition}"

    def _changed(self) -> Path:
        """Return the folder of the copy and of the go.mod and go.sum that build with it."""
        folder = MODULES / self.folder
        inputs = [path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()]
        cache = default_cache()
        place = (
            cache
            / f"{self.name}-module-{digest(self.edition, self.module, self.stamps, inputs, cache)}"
        )

        def make(draft: Path, lock: int) -> None:
            _unpack(Go.find(cache, lock).module(*self.module), draft / "module")
            self.change(draft / "module")
            replacement = f"\nreplace {self.module[0]} => {place / 'module'}\n"
            (draft / "build.mod").write_text((folder / "go.mod").read_text() + replacement)
            (draft / "build.sum").write_text((folder / "go.sum").read_text())

        return made(place, make)


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack a module; its tests are not part of a build."""
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if not name.endswith("_test.go"):
                target = folder / name.partition("@")[2].partition("/")[2]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(opened.read(name))
