"""A Talos cluster by the real Pulumi engine: the real `talosctl` and `tofu`, stand-in nodes."""

import json
import os
import re
import signal
import subprocess
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.engine.talos import CONFIGURATION, KEY, POLL, Cluster, etcd_snapshot, path
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox
from tools.talos.node import UNHEALTHY
from tools.talos.tools import toolchain as talos_toolchain

pytestmark = pytest.mark.long

UP = ("up", "--yes", "--skip-preview")
PROGRAM = """
import pulumi
from components.talos import TalosCluster, TalosctlSpec, TalosNodeSpec, TalosSecrets, TofuSpec

config = pulumi.Config("tier0")
made = TalosCluster(
    "talos",
    {spec},
    secrets=TalosSecrets(
        talosconfig=config.get_secret("talosconfig") or "",
        machine_configs=config.get_secret_object("machineConfigs") or {{}},
    ),
    keep=False,
)
pulumi.export("kubeconfig", made.kubeconfig)
"""
TOFU = """
variable "token" {
  sensitive = true
}
resource "terraform_data" "machine" {
  input = "one"
  triggers_replace = "first"
}
output "talosconfig" {
  value     = file("${path.module}/talosconfig")
  sensitive = true
}
output "kubeconfig" {
  value     = "kind: Config # ${var.token}"
  sensitive = true
}
"""


@pytest.fixture(scope="session", autouse=True)
def _built() -> None:
    talos_toolchain().build()


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """Two control-plane nodes and a worker, in maintenance mode."""
    monkeypatch.setenv("PATH", path())
    monkeypatch.setenv("TIER0_POLL", POLL)
    made = Cluster(tmp_path)
    for name in ("cp-1", "cp-2"):
        made.add(name, configured=False)
    made.add("w-1", kind="worker", configured=False)
    yield made
    made.stop()


def spec(cluster: Cluster, **fields: str) -> str:
    """Return the spec of *cluster*, as a module says it."""
    nodes = ", ".join(
        f'"{name}": TalosNodeSpec(address="{node.address}", role="{node.kind}")'
        for name, node in cluster.nodes.items()
    )
    given = {"bootstrap_node": "cp-1", "timeout": "60s"} | fields
    rest = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return f"TalosctlSpec(nodes={{{nodes}}}, {rest})"


def keep(engine: Engine, *key: str, value: str) -> None:
    """Set a secret of the stack from standard input: command lines are for all to see."""
    subprocess.run(
        engine.command("config", "set", "--secret", *key),
        cwd=engine.project,
        env=engine.environment,
        input=value,
        text=True,
        check=True,
        capture_output=True,
    )


def keep_secrets(engine: Engine, cluster: Cluster, *names: str) -> None:
    """Set the stack's secrets as docs/talos.md says; of the nodes *names*, or of all."""
    if not names:
        keep(engine, "tier0:talosconfig", value=cluster.talosconfig)
    for name in names or cluster.nodes:
        keep(engine, "--path", f"tier0:machineConfigs.{name}", value=CONFIGURATION)


class Trial:
    """A program that makes nothing but the cluster."""

    def __init__(self, engine: Engine, program: Path, cluster: Cluster) -> None:
        self.engine, self._program, self._cluster = engine, program, cluster
        engine.prepare()
        engine.run("stack", "init", "trial")
        self.declare()

    def keep_secrets(self) -> None:
        """Set the secrets, those of all nodes at once."""
        configs = dict.fromkeys(self._cluster.nodes, CONFIGURATION.strip())
        keep(self.engine, "tier0:talosconfig", value=self._cluster.talosconfig)
        keep(self.engine, "tier0:machineConfigs", value=json.dumps(configs))

    def declare(self, text: str = "", **fields: str) -> None:
        text = PROGRAM.format(spec=text or spec(self._cluster, **fields))
        (self._program / "__main__.py").write_text(text)

    def refused(self, *command: str) -> str:
        done = self.engine.run(*command, check=False)
        assert done.returncode, f"it was meant to fail:\n{done.stdout}"
        return done.stdout + done.stderr


@pytest.fixture
def trial(
    tmp_path: Path, program: Path, toolchain: Toolchain, python: Path, cluster: Cluster
) -> Trial:
    made = Engine(tmp_path / "engine", program, tmp_path / "no-kubeconfig", toolchain, python)
    return Trial(made, program, cluster)


def test_a_whole_environment_comes_up_on_nodes_that_wait_for_a_configuration(
    engine: Engine, program: Path, sandbox: Sandbox, cluster: Cluster
) -> None:
    access = yaml.safe_load(sandbox.kubeconfig.read_text()) | {"current-context": "homelab"}
    first = cluster.nodes["cp-1"]
    first.kubeconfig = yaml.safe_dump(access)
    secret = access["users"][0]["user"]
    secrets = [
        KEY,
        cluster.talosconfig.split("key: ")[1].split("\n")[0],
        *map(str, secret.values()),
    ]
    homelab = program / "stacks" / "homelab.py"
    imports = "from components.talos import TalosctlSpec, TalosNodeSpec\n"
    text = homelab.read_text().replace("from stacks", f"{imports}from stacks")
    text = text.replace("\n\nENV", "\nfrom stacks.waivers import WaiverSpec\n\nENV")
    waiver = (
        'WaiverSpec(rule="control-plane-count-is-odd", place="bootstrap.nodes", '
        'until="2099-12-31", '
        'because="two are enough to try the order")'
    )

    def declare() -> None:
        context = 'context="homelab",'
        homelab.write_text(
            text.replace(context, f"{context} bootstrap={spec(cluster)}, waivers=[{waiver}],")
        )

    declare()
    engine.begin("homelab")
    keep_secrets(engine, cluster)
    # Whatever the kubeconfig of this machine says, it is not used.
    sandbox_kubeconfig = {"KUBECONFIG": str(engine.directory / "none")}

    preview = engine.run("preview", "--diff", env=sandbox_kubeconfig)
    assert [node.calls for node in cluster.nodes.values()] == [[], [], []]
    with _command_lines() as lines:
        up = engine.run(*UP, env=sandbox_kubeconfig)
    assert [node.called("Bootstrap") for node in cluster.nodes.values()] == [1, 0, 0]
    calls = [list(node.calls) for node in cluster.nodes.values()]
    again = engine.run("up", "--yes", "--expect-no-changes", env=sandbox_kubeconfig)
    assert [node.calls for node in cluster.nodes.values()] == calls

    cluster.add("w-2", kind="worker", configured=False)
    keep_secrets(engine, cluster, "w-2")
    declare()
    bigger = engine.run("preview", env=sandbox_kubeconfig).stdout
    assert "talos-w-2 create" in bigger
    assert "replace" not in bigger

    export = engine.run("stack", "export").stdout
    state = "".join(
        file.read_text(errors="replace")
        for file in engine.directory.rglob("*")
        if file.is_file() and file.name != "pulumi" and "plugins" not in file.parts
    )
    said = "".join(run.stdout + run.stderr for run in (preview, up, again))
    for place, shown in (("log", said), ("state", state + export), ("lines", "\n".join(lines))):
        found = [line[:200] for line in shown.splitlines() if any(each in line for each in secrets)]
        assert not found, f"a secret is in the {place}"
    assert any("talosctl" in line for line in lines)
    opened = engine.run("stack", "export", "--show-secrets").stdout
    assert all(each in opened for each in secrets[:2]), "the search looks for the wrong text"


class _command_lines:  # noqa: N801 - a context manager, used like a function
    """Every command line that was seen while it is open, of processes that began meanwhile."""

    def __init__(self) -> None:
        self._others = set(Path("/proc").glob("[0-9]*"))
        self._over = threading.Event()
        self._seen: set[str] = set()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> set[str]:
        self._thread.start()
        return self._seen

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            for process in set(Path("/proc").glob("[0-9]*")) - self._others:
                try:
                    line = (process / "cmdline").read_bytes().decode(errors="replace")
                    self._seen.add(line.replace("\0", " "))
                except OSError:
                    continue


def test_a_missing_secret_is_said_by_the_preview_with_the_command_that_sets_it(
    trial: Trial,
) -> None:
    said = trial.refused("preview")
    # Of whichever node Pulumi looks at first.
    found = re.search(
        r"talos-(cp-1|cp-2|w-1): its secret is missing from the stack; run `(.*)`", said
    )
    assert found, said
    assert found[2] == "pulumi config set --secret tier0:talosconfig < talosconfig"


def test_a_cluster_that_is_not_healthy_yet_is_remembered_and_waited_for_by_the_next_run(
    trial: Trial, cluster: Cluster
) -> None:
    trial.keep_secrets()
    trial.declare(timeout="5s")
    for node in cluster.nodes.values():  # a node that restarts may take as long
        node.configuration = CONFIGURATION.encode()
        node.stop()
        node.start()
    first = cluster.nodes["cp-1"]
    first.refuses["HealthCheck"].extend([UNHEALTHY] * 100)
    said = trial.refused(*UP)
    assert "waiting for all k8s nodes to report ready: 1 of 2" in said
    assert "Traceback" not in said
    assert (first.called("Bootstrap"), first.called("Kubeconfig")) == (1, 0)
    first.refuses.clear()
    trial.engine.run(*UP)
    assert (first.called("Bootstrap"), first.called("Kubeconfig")) == (1, 1)


def test_an_interrupted_wait_ends_soon_and_the_next_run_goes_on(
    trial: Trial, cluster: Cluster
) -> None:
    trial.keep_secrets()
    trial.declare(timeout="30m")
    first = cluster.nodes["cp-1"]
    first.refuses["HealthCheck"].extend([UNHEALTHY] * 10_000)
    running = subprocess.Popen(
        trial.engine.command(*UP),
        cwd=trial.engine.project,
        env=trial.engine.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        while not first.called("HealthCheck"):
            ended = running.poll() is not None
            assert not ended, f"it ended early:\n{running.communicate()[0]}"
            time.sleep(0.1)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        said, _ = running.communicate(timeout=300)
    finally:
        running.kill()
    assert running.returncode, said
    asked = first.called("HealthCheck")
    time.sleep(2)
    assert first.called("HealthCheck") == asked, "something goes on waiting"
    first.refuses.clear()
    trial.engine.run(*UP)
    assert (first.called("Bootstrap"), first.called("Kubeconfig")) == (1, 1)


def test_a_node_that_is_added_is_configured_and_nothing_is_bootstrapped_again(
    trial: Trial, cluster: Cluster
) -> None:
    trial.keep_secrets()
    trial.engine.run(*UP)
    added = cluster.add("cp-3", configured=False)
    trial.keep_secrets()
    trial.declare()
    trial.engine.run("preview")
    trial.engine.run(*UP)
    assert added.configuration.decode() == CONFIGURATION.strip()
    nodes = cluster.nodes.values()
    assert [node.called("Bootstrap") for node in nodes] == [1, 0, 0, 0]
    assert [node.called("ApplyConfiguration") for node in nodes] == [1, 1, 1, 1]
    assert added.address in [c for c in cluster.nodes["cp-1"].calls if "HealthCheck" in c][-1]


def test_another_bootstrap_node_is_refused_and_the_cluster_goes_on(
    trial: Trial, cluster: Cluster
) -> None:
    trial.keep_secrets()
    trial.engine.run(*UP)
    trial.declare(bootstrap_node="cp-2")
    assert "etcd was started on cp-1, and a start on cp-2" in trial.refused(*UP)
    trial.declare()
    trial.engine.run(*UP)
    assert [node.called("Bootstrap") for node in cluster.nodes.values()] == [1, 0, 0]


def test_a_snapshot_that_is_named_later_is_restored_once_and_waited_for(
    trial: Trial, cluster: Cluster, tmp_path: Path
) -> None:
    trial.keep_secrets()
    trial.engine.run(*UP)
    first = cluster.nodes["cp-1"]
    (tmp_path / "etcd").mkdir()
    trial.declare(recover_from=str(etcd_snapshot(tmp_path / "etcd")))
    assert "holds etcd data, so this run restored nothing" in trial.refused(*UP)
    first.etcd = False  # `talosctl reset`
    trial.engine.run("preview")
    trial.engine.run(*UP)
    acts = [call.split()[0] for call in first.calls]
    assert acts[-5:] == ["Bootstrap", "ServiceList", "HealthCheck", "HealthCheck", "Kubeconfig"]
    trial.engine.run("up", "--yes", "--expect-no-changes")
    assert first.called("EtcdRecover") == 2


@pytest.fixture
def folder(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An OpenTofu configuration that needs no provider from elsewhere."""
    monkeypatch.setenv("TF_VAR_token", KEY)
    made = tmp_path / "tofu"
    made.mkdir()
    (made / "main.tf").write_text(TOFU)
    (made / "talosconfig").write_text(cluster.talosconfig)
    cluster.nodes["cp-1"].configuration = CONFIGURATION.encode()
    cluster.nodes["cp-1"].stop()
    cluster.nodes["cp-1"].start()
    return made


def by_tofu(cluster: Cluster, folder: Path, revision: int = 1) -> str:
    return (
        f'TofuSpec(folder="{folder}", control_plane="{cluster.nodes["cp-1"].address}", '
        f'revision={revision}, timeout="60s")'
    )


def machine(folder: Path) -> str:
    """Return the identity of the machine that OpenTofu has made."""
    state = json.loads((folder / "terraform.tfstate").read_text())
    (found,) = [each for each in state["resources"] if each["name"] == "machine"]
    identity: str = found["instances"][0]["attributes"]["id"]
    return identity


def test_opentofu_makes_the_cluster_and_gives_its_kubeconfig(
    trial: Trial, cluster: Cluster, folder: Path
) -> None:
    trial.declare(by_tofu(cluster, folder))
    trial.engine.run("preview")
    assert not (folder / "terraform.tfstate").exists()
    up = trial.engine.run(*UP)
    again = trial.engine.run("up", "--yes", "--expect-no-changes")
    assert KEY not in up.stdout + up.stderr + again.stdout + again.stderr
    assert KEY not in trial.engine.run("stack", "export").stdout
    shown = trial.engine.run("stack", "output", "kubeconfig", "--show-secrets").stdout
    assert shown.strip() == f"kind: Config # {KEY}"
    assert cluster.nodes["cp-1"].called("HealthCheck") == 2


def test_opentofu_that_fails_half_way_is_a_sentence_and_the_next_run_goes_on(
    trial: Trial, cluster: Cluster, folder: Path
) -> None:
    broken = """
    resource "terraform_data" "broken" {
      depends_on = [terraform_data.machine]
      provisioner "local-exec" {
        command = "exit 1"
      }
    }
    """
    (folder / "broken.tf").write_text(textwrap.dedent(broken))
    trial.declare(by_tofu(cluster, folder))
    said = trial.refused(*UP)
    assert f"tofu apply in {folder}: it failed half-way (Error: local-exec provisioner" in said
    assert KEY not in said
    made = machine(folder)
    (folder / "broken.tf").write_text(textwrap.dedent(broken).replace("exit 1", "exit 0"))
    trial.engine.run(*UP)
    assert machine(folder) == made


def test_opentofu_destroys_nothing(trial: Trial, cluster: Cluster, folder: Path) -> None:
    trial.declare(by_tofu(cluster, folder))
    trial.engine.run(*UP)
    (folder / "main.tf").write_text(TOFU.replace('"first"', '"second"'))
    trial.engine.run("up", "--yes", "--expect-no-changes")
    trial.declare(by_tofu(cluster, folder, revision=2))
    said = trial.refused(*UP)
    assert "it would destroy 1 existing resource(s); if that is intended" in said


@pytest.mark.parametrize("count", [1, 2, 3])
def test_opentofu_forgets_nothing(trial: Trial, cluster: Cluster, folder: Path, count: int) -> None:
    kept = """
    resource "terraform_data" "kept" {
      count = %d
      lifecycle {
        destroy = false
      }
    }
    """
    (folder / "kept.tf").write_text(textwrap.dedent(kept) % 4)
    trial.declare(by_tofu(cluster, folder))
    trial.engine.run(*UP)
    (folder / "kept.tf").write_text(textwrap.dedent(kept) % (4 - count))
    trial.declare(by_tofu(cluster, folder, revision=2))
    said = trial.refused(*UP)
    assert f"it would forget {count} existing resource(s), which nothing manages then" in said


def test_a_missing_tofu_is_a_sentence(
    trial: Trial, cluster: Cluster, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = str(talos_toolchain().binary("tofu").parent)
    kept = [part for part in os.environ["PATH"].split(os.pathsep) if part != found]
    monkeypatch.setenv("PATH", os.pathsep.join(kept))
    trial.declare(by_tofu(cluster, folder))
    assert "tofu: is not on the PATH; install OpenTofu" in trial.refused(*UP)
