"""Helpers of the tests that are not fixtures."""

from pathlib import Path

from stacks.check import load
from stacks.compose import compose
from stacks.environment import EnvironmentSpec
from stacks.render.recorder import Recording, record

ROOT = Path(__file__).parent.parent


def declared(environment: EnvironmentSpec) -> Recording:
    """Return what the program declares for *environment*."""
    return record(lambda: compose(environment).export())


def edited(name: str, path: Path, *edits: tuple[str, str]) -> Path:
    """Write the environment *name* to *path* with texts of it replaced; each must be there."""
    text = (ROOT / "stacks" / f"{name}.py").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, f"{name}.py does not hold {old!r}, so the test tests nothing"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def with_gitops(path: Path, *, name: str = "homelab", more: str = "") -> EnvironmentSpec:
    """Return an environment that Argo CD applies, written to *path*; *more* are further fields."""
    text = (ROOT / "stacks" / f"{name}.py").read_text(encoding="utf-8")
    imported = "from components.gitops import GitOpsSpec\n"
    spec = f'GitOpsSpec(repository="https://git.example.org/home/lab.git", path="tree"{more})'
    head, end = text.removesuffix(")\n"), f"    gitops={spec},\n)\n"
    module = head.replace("from components.ceph", f"{imported}from components.ceph", 1)
    path.write_text(module + end, encoding="utf-8")
    return load(str(path))


_CHOICES = """            service="orders-db",
            parameters={"max_connections": "200"},
            placement=PlacementSpec(
                anti_affinity="required", topology_key="example.org/rack", zones="preferred"
            ),
            timers=TimersSpec(
                start="2h", stop="20m", smart_shutdown="20s", switchover="30m", failover="5s"
            ),
            databases={
                "reports_": DatabaseSpec(owner="analyst", extensions=["uuid-ossp", "pg_trgm"]),
            },
            roles={
                "analyst": RoleSpec(
                    password_secret="analyst", in_roles=["readers"], connection_limit=5
                ),
                "readers": RoleSpec(in_roles=["pg_read_all_data"]),
            },
            pooler=PoolerSpec(mode="transaction"),
            snapshots=SnapshotsSpec(
                class_name="ceph-block", wal_class_name="ceph-wal", schedule="30 * * * *"
            ),
"""

_CHOOSING = """from components.postgres import PoolerSpec
from components.postgres import DatabaseSpec, RoleSpec
from components.postgres import SnapshotsSpec
from components.postgres import TimersSpec
from stacks.environment"""


def with_every_choice(production: Path, path: Path) -> Path:
    """Write the module *production* to *path*, its database with every choice that there is."""
    text = production.read_text(encoding="utf-8")
    head, _, rest = text.partition("            placement=")
    _, _, end = rest.partition("            },\n")
    text = f"{head}{_CHOICES}{end}"
    for old, new in (
        ("from stacks.environment", _CHOOSING),
        (
            'SynchronousSpec(durability="required")',
            'SynchronousSpec(method="first", durability="preferred", failover_quorum=True)',
        ),
        ("wal_jobs=4", "wal_jobs=8"),
        (
            'encryption="AES256"',
            'target="primary", tags={"team": "shop"}, encryption="AES256"',
        ),
    ):
        assert old in text, f"production.py does not hold {old!r}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path
