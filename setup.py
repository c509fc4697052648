"""The wheel: the rooms of this checkout under one root name, `tier0` (docs/decisions/0022)."""

import ast
import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

ROOT = "tier0"
ROOMS = ("components", "stacks")
_ENVIRONMENT = re.compile(r"^ENVIRONMENT\b", re.MULTILINE)


def under_root(module: str) -> str:
    """Return the text *module* with the rooms that it imports under their names in the wheel.

    Raise ValueError on `import components.x`, which binds a name that the wheel does not have.
    """
    lines = module.splitlines(keepends=True)
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Import) and any(_of_a_room(alias.name) for alias in node.names):
            raise ValueError(
                f"line {node.lineno}: write `from ... import`, to be read in the wheel"
            )
        if isinstance(node, ast.ImportFrom) and not node.level and _of_a_room(node.module or ""):
            start = node.col_offset + len("from ")
            line = lines[node.lineno - 1]
            lines[node.lineno - 1] = f"{line[:start]}{ROOT}.{line[start:]}"
    return "".join(lines)


def _of_a_room(name: str) -> bool:
    return name.partition(".")[0] in ROOMS


class Build(build_py):
    """Copies every module except environments, which are this checkout's data."""

    def run(self) -> None:
        """Build everything, and the root package, which is no folder of the checkout."""
        if self.editable_mode:
            raise SetupError("tier0: the checkout cannot be imported as tier0; install without -e")
        root = Path(self.build_lib, ROOT)
        shutil.rmtree(root, ignore_errors=True)  # an older build's modules would be in the wheel
        super().run()
        (root / "__init__.py").write_text('"""PostgreSQL backups that have been restored."""\n')
        (root / "py.typed").touch()

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """Return package, name and path of each module, without environments."""
        found = super().find_package_modules(package, package_dir)  # type: ignore[no-untyped-call]  # its stubs have no types
        return [it for it in found if not _ENVIRONMENT.search(Path(it[2]).read_text("utf-8"))]

    def build_module(
        self, module: str, module_file: str, package: str | list[str] | tuple[str, ...]
    ) -> tuple[str, bool]:
        """Copy one module, and move the imports of the copy."""
        built, copied = super().build_module(module, module_file, package)  # type: ignore[no-untyped-call]  # as above
        text = Path(built).read_text("utf-8")
        Path(built).write_text(under_root(text), "utf-8")
        return built, copied


setup(
    packages=[
        *(f"{ROOT}.{room}" for room in ROOMS),
        *(f"{ROOT}.{room}.{package}" for room in ROOMS for package in find_packages(room)),
    ],
    package_dir={f"{ROOT}.{room}": room for room in ROOMS},
    package_data={
        f"{ROOT}.components.drills": ["*.json"],
        f"{ROOT}.components.postgres": ["*.json"],
        f"{ROOT}.components.talos": ["*.sh"],
        f"{ROOT}.stacks.recovery": ["*.json", "*.sh"],
    },
    cmdclass={"build_py": Build},
)
