"""`pulumi up` of N databases, against a flat program that registers the same objects.

Both run in turns on one sandbox, which is put back before each run: what else the machine does
falls on both.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import environments
from benchmarks.measure import Run, run
from components.kube import SKIP_AWAIT, WAIT_FOR
from stacks.check import load
from stacks.compose import compose
from stacks.render.recorder import Resource, record
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox

ROOT = Path(__file__).parent.parent
STACK = "bench"


@dataclass(frozen=True)
class Comparison:
    """Runs of both programs for one size."""

    databases: int
    objects: int
    """Kubernetes objects, the same for both."""

    components: int
    """Resources that only tier0 has: what groups the objects."""

    tier0: list[Run]
    flat: list[Run]


def compare(
    folder: Path, sizes: Sequence[int], rounds: int, say: Callable[[str], None]
) -> list[Comparison]:
    """Deploy each size with both programs, *rounds* times."""
    toolchain = Toolchain()
    toolchain.build()
    sandbox = Sandbox(folder / "sandbox", toolchain=toolchain)
    try:
        sandbox.start()
        return [_compare(folder, sandbox, toolchain, size, rounds, say) for size in sizes]
    finally:
        sandbox.stop()


def _compare(
    folder: Path,
    sandbox: Sandbox,
    toolchain: Toolchain,
    databases: int,
    rounds: int,
    say: Callable[[str], None],
) -> Comparison:
    place = folder / f"{databases}-databases"
    place.mkdir()
    tier0 = _tier0(place / "tier0", databases)
    environment = load(str(tier0 / "stacks" / f"{STACK}.py"))
    resources = record(lambda: compose(environment).export()).resources
    flat = _flat(place / "flat", resources)
    fresh = sandbox.etcd.snapshot()
    runs: dict[Path, list[Run]] = {tier0: [], flat: []}
    for number in range(rounds):
        # Whoever goes first meets a colder machine: they take turns.
        for program in [tier0, flat] if number % 2 else [flat, tier0]:
            engine = Engine(
                place / f"{program.name}-{number}", program, sandbox.kubeconfig, toolchain
            )
            engine.prepare()
            engine.begin(STACK)
            up = engine.command("up", "--yes", "--skip-preview")
            took = run(up, engine.project, engine.environment)
            runs[program].append(took)
            say(
                f"{databases} databases, {program.name}: {took.seconds:.1f} s, "
                f"{took.cpu_seconds:.1f} s of CPU"
            )
            _check_made(engine, resources)
            sandbox.etcd.restore(fresh)
    objects = sum(1 for resource in resources if resource.manifest)
    return Comparison(
        databases=databases,
        objects=objects,
        components=sum(1 for resource in resources if resource.type.startswith("tier0:")),
        tier0=runs[tier0],
        flat=runs[flat],
    )


def _check_made(engine: Engine, resources: Sequence[Resource]) -> None:
    """Raise AssertionError unless the stack has every object: otherwise nothing is compared."""
    state = json.loads(engine.run("stack", "export").stdout)["deployment"]["resources"]
    made = sorted(r["type"] for r in state if r["type"].startswith("kubernetes:"))
    wanted = sorted(r.type for r in resources if r.type.startswith("kubernetes:"))
    if made != wanted:
        raise AssertionError(f"{engine.project}: {len(made)} objects instead of {len(wanted)}")


def _tier0(folder: Path, databases: int) -> Path:
    """Copy the program, with an environment of *databases* in it."""
    folder.mkdir()
    for name in ("__main__.py", "Pulumi.yaml"):
        shutil.copy(ROOT / name, folder)
    for name in ("components", "stacks"):
        shutil.copytree(ROOT / name, folder / name)
    environments.write(folder / "stacks" / f"{STACK}.py", databases)
    return folder


def _flat(folder: Path, resources: Sequence[Resource]) -> Path:
    """Copy the flat program, with the objects of *resources* as its data."""
    shutil.copytree(ROOT / "benchmarks" / "flat", folder)
    (folder / "objects.json").write_text(json.dumps(list(_objects(resources))), "utf-8")
    return folder


def _objects(resources: Sequence[Resource]) -> Iterator[dict[str, object]]:
    for resource in resources:
        if not resource.type.startswith("kubernetes:"):
            continue
        metadata = dict(resource.inputs["metadata"])
        annotations = {k: v for k, v in metadata.pop("annotations", {}).items() if k != WAIT_FOR}
        metadata["annotations"] = annotations | {SKIP_AWAIT: "true"}
        yield {
            "urn": resource.urn,
            "name": resource.name,
            "dependencies": sorted(resource.dependencies),
            "manifest": {**resource.inputs, "metadata": metadata},
        }
