"""One lab and one environment on it for the whole suite, and a record of what each test measured.

The lab that is up is used and stays; else one is brought up.

A part that is chosen by a mark, as `make lab-smoke` chooses one, puts nothing on record: what the
last whole run has shown must stand with that run's commit.

Where KUBECONFIG is set, its cluster takes the lab's place: what needs the lab's own parts is
skipped, nothing is put on record, and what the suite brought is removed at the end.
"""

import signal
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from components.postgres.drills import DRILLS_NAMESPACE
from stacks.check import load
from tests.lab import record
from tests.lab.drilling import TABLE, Drilling
from tests.lab.groups import Once, Turn, arrange, group
from tools import Fault
from tools.build.toolchain import Toolchain
from tools.lab.access import Cluster
from tools.lab.bringup import bring_up
from tools.lab.cluster import Lab
from tools.lab.databases.copier import Copier
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Change, Environment
from tools.lab.machine.paths import OWNER
from tools.lab.offsite.store import COPIER, Offsite
from tools.lab.own import OwnCluster, given

if TYPE_CHECKING:
    from tests.lab.recovering import Recovering

ROOT = Path(__file__).resolve().parents[2]
OWN = given()
"""The kubeconfig of the cluster that takes the lab's place."""

MODULE = Path(__file__).parent / "environments" / ("own.py" if OWN else "lab.py")
BUCKET = "offsite"
"""The bucket of the store outside of the node, and the ObjectStore that names it."""

COPIES, LOCK_DAYS = "copies", 31
"""Its bucket for the copies, as lab.py names it, and for how long what is in it is locked."""

_PHASES = pytest.StashKey[dict[str, float]]()
_TURN = pytest.StashKey[Turn]()

Claim = Callable[[str, float | str, str], None]
"""Records a measured figure: what was measured, how much, of what unit."""


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Once:
    """What one process of the suite does for all."""
    shared = tmp_path_factory.getbasetemp().parent
    return Once(None if worker_id == "master" else shared)


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest, once: Once) -> Iterator[Cluster]:
    """The cluster that the suite runs on: somebody's own where one is named, else the lab."""
    if OWN is None:
        yield _brought_up(request.config, once)
        return
    try:
        cluster = OwnCluster(OWN, ROOT / ".tier0" / "own")
        Toolchain().build()
        Environment(cluster, MODULE).down()  # what a run that was killed has left
        cluster.clear()
        cluster.require()
    except Fault as fault:
        pytest.exit(str(fault), returncode=1)
    yield cluster
    cluster.clear()


def _brought_up(config: pytest.Config, once: Once) -> Lab:
    """Return the lab that is up on this machine, else this checkout's; what runs is used."""
    directory = Path(OWNER.read_text()) if OWNER.exists() else ROOT / ".tier0" / "lab"
    lab = Lab(directory)
    config.stash[_PHASES] = once("phases", lambda: bring_up(lab).taken)
    return lab


@pytest.fixture(scope="session")
def environment(lab: Cluster) -> Iterator[Environment]:
    """The environment of lab.py or own.py, not deployed yet; on the lab it stays."""
    environment = Environment(lab, MODULE)
    yield environment
    if not lab.ours:
        environment.down()


@pytest.fixture(scope="session")
def deployed(environment: Environment, once: Once) -> Change:
    """What deploying the environment took; it is deployed and archiving from then on."""
    return Change(**once("deployed", lambda: asdict(environment.up())))


@pytest.fixture(scope="session")
def n8n(environment: Environment, deployed: Change) -> Deployed:
    """The database of two instances, archiving by the plugin with encryption."""
    assert deployed.said
    return environment.database("n8n")


@pytest.fixture(scope="session")
def legacy(environment: Environment, deployed: Change) -> Deployed:
    """The database of one instance, archiving in-tree."""
    assert deployed.said
    return environment.database("legacy")


@pytest.fixture(scope="module")
def offsite(lab: Lab, n8n: Deployed) -> Iterator[Offsite]:
    """The store outside of the node, with a bucket, known where the database is."""
    store = Offsite(lab)
    store.start()
    store.make_bucket(BUCKET)
    secret = store.secret(n8n.namespace)
    lab.apply([secret, store.archive(BUCKET).store(n8n.namespace, BUCKET)])
    yield store
    lab.kube.delete("barmancloud.cnpg.io/v1", "ObjectStore", BUCKET, n8n.namespace)
    lab.kube.delete("v1", "Secret", secret["metadata"]["name"], n8n.namespace)


@pytest.fixture(scope="module")
def store(lab: Lab, n8n: Deployed, offsite: Offsite) -> Iterator[Offsite]:
    """The store outside of the node as docs/offsite.md wants it, and its keys where they belong."""
    offsite.make_copy_bucket(COPIES, LOCK_DAYS)
    lab.apply([offsite.copier_secret(n8n.namespace)])
    yield offsite
    lab.kube.delete("v1", "Secret", COPIER, n8n.namespace)


@pytest.fixture(scope="module")
def copier(n8n: Deployed, store: Offsite) -> Copier:
    """The pod that copies the database's archive, once it does."""
    assert store.ca.exists()
    found = Copier.of(n8n)
    found.wait_well("wal")
    return found


@pytest.fixture(scope="module")
def drilling(
    n8n: Deployed, environment: Environment, store: Offsite, copier: Copier
) -> Iterator[Drilling]:
    """The database with a base backup, in a copy that restores are possible from too."""
    n8n.lab.apply([store.copier_secret(DRILLS_NAMESPACE)])
    n8n.sql(TABLE)
    n8n.back_up(f"n8n-drills-{int(time.time())}")
    n8n.archive_now()
    copier.wait_copied("base", time.time())
    yield Drilling(n8n, MODULE)
    n8n.lab.kube.delete("v1", "Secret", COPIER, DRILLS_NAMESPACE)
    environment.up()


@pytest.fixture(scope="session")
def shop(
    lab: Lab,
    n8n: Deployed,  # noqa: ARG001 (the environment is deployed)
    environment: Environment,
) -> Iterator["Recovering"]:
    """A database that archives and is copied off-site; it goes through every file of recovery.

    What burns the node, test_claims_recovery_cluster.py, comes after those that need it.
    """
    from tests.lab.recovering import NAME, Recovering  # noqa: PLC0415 (it imports this module)

    store = Offsite(lab)
    store.start()
    store.make_copy_bucket(COPIES, LOCK_DAYS)
    made = Recovering(lab, lab.directory / "recovering")
    made.up()
    lab.apply([store.copier_secret(made.environment.spec.databases[NAME].namespace)])
    yield made
    environment.up()


@pytest.fixture
def claim(request: pytest.FixtureRequest) -> Claim:
    """Record a figure beside the test's outcome."""
    figures: list[dict[str, Any]] = []
    request.node.stash[record.FIGURES] = figures

    def put(name: str, figure: float | str, unit: str) -> None:
        shown = round(figure, 1) if isinstance(figure, float) else figure
        figures.append({"name": name, "figure": shown, "unit": unit})

    return put


def pytest_configure(config: pytest.Config) -> None:
    """Share the lab with the other processes; the one that the person started records.

    SIGTERM, a time limit's signal, stops it as ^C does: pytest would end at once, and say nothing.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if hasattr(config, "workerinput"):
        config.stash[_TURN] = Turn()
    else:
        keeps = OWN is None and not config.option.markexpr
        config.pluginmanager.register(record.Recorder(keeps=keeps))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Wait for those beside it, before a test that takes away what they need."""
    if group(item) == "alone" and _TURN in item.config.stash:
        item.config.stash[_TURN].alone()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave the lab to the others."""
    if _TURN in session.config.stash:
        session.config.stash[_TURN].leave()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, Any]:
    report = yield
    if report.skipped and OWN is None:
        report.outcome = "failed"
        report.longrepr = f"{item.name} was skipped; in the lab nothing is, so run it or remove it"
    if report.skipped:
        return report
    if call.when == "call" or report.outcome != "passed":
        phases = item.config.stash.get(_PHASES, {})
        record.measured(item, report, call.duration, phases)
    return report


def pytest_report_header() -> str | None:
    return f"instead of the lab: the current context of {OWN}" if OWN else None


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the groups; on somebody's own cluster skip what needs the lab's parts."""
    arrange(items)
    # A KMS may be there too.
    had = {"KMS"} if load(str(MODULE)).kms else set()
    for item in items if OWN else ():
        for mark in item.iter_markers("own_parts"):
            if lacking := [part for part in mark.args if part not in had]:
                reason = f"needs the lab's own {' and '.join(lacking)}"
                item.add_marker(pytest.mark.skip(reason=reason))
