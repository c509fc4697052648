"""Helpers of the tests that are not fixtures."""

from pathlib import Path

from stacks import load
from stacks.compose import compose
from stacks.environment import EnvironmentSpec
from stacks.recorder import Recording, record

ROOT = Path(__file__).parent.parent


def declared(environment: EnvironmentSpec) -> Recording:
    """Return what the program declares for *environment*."""
    return record(lambda: compose(environment).export())


def with_gitops(path: Path, *, name: str = "homelab", more: str = "") -> EnvironmentSpec:
    """Return an environment that Argo CD applies, written to *path*; *more* are further fields."""
    text = (ROOT / "stacks" / f"{name}.py").read_text(encoding="utf-8")
    imported = "from components.gitops import GitOpsSpec\n"
    spec = f'GitOpsSpec(repository="https://git.example.org/home/lab.git", path="tree"{more})'
    head, end = text.removesuffix(")\n"), f"    gitops={spec},\n)\n"
    module = head.replace("from components.object_store", f"{imported}from components.object_store")
    path.write_text(module + end, encoding="utf-8")
    return load(str(path))
