"""Every situation of docs/talos.md, with the real `talosctl` and a stand-in for the nodes.

The stand-in is no Talos (tools/talos/node.py); what talosctl makes of its answers is real.
"""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from tests.engine.talos import CONFIGURATION, KEY, SCRIPT, Cluster, etcd_snapshot, run
from tools.talos.node import NO_TIME, NOT_YET, UNHEALTHY
from tools.talos.pki import Pki
from tools.talos.tools import toolchain


@pytest.fixture(scope="session", autouse=True)
def _built() -> None:
    toolchain().build()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of a real etcd."""
    return etcd_snapshot(tmp_path_factory.mktemp("etcd"))


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return the sentence that a failed act ends with."""
    assert done.returncode, f"it was meant to fail:\n{done.stderr}"
    assert done.stdout == ""
    return done.stderr.strip().splitlines()[-1]


def worked(done: subprocess.CompletedProcess[str]) -> str:
    assert not done.returncode, done.stderr
    return done.stdout.strip()


def test_a_node_in_maintenance_mode_is_configured_and_then_answers_the_talosconfig(
    cluster: Cluster,
) -> None:
    node = cluster.add("cp-1", configured=False)
    assert worked(cluster.act("configure")).startswith("1 ")
    assert node.configuration.decode() == CONFIGURATION
    assert worked(cluster.act("bootstrap")) == "cp-1"


def test_a_configured_node_keeps_its_configuration_when_the_state_was_lost(
    cluster: Cluster,
) -> None:
    node = cluster.add("cp-1")
    worked(cluster.act("configure", TIER0_MACHINE_CONFIG="version: v2"))
    assert node.called("ApplyConfiguration") == 0


def test_a_changed_configuration_is_said_and_not_applied(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    first = worked(cluster.act("configure"))
    changed = cluster.act("configure", before=first, TIER0_MACHINE_CONFIG="version: v2")
    assert worked(changed) == first
    assert "has changed and is not applied; raise its revision" in changed.stderr
    assert node.called("ApplyConfiguration") == 0


def test_a_raised_revision_applies_the_configuration_without_a_restart(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    first = worked(cluster.act("configure"))
    done = cluster.act("configure", before=first, TIER0_REVISION="2")
    assert worked(done).startswith("2 ")
    # Talos 1.14 applies what needs a restart too, and says nothing of it.
    assert "its configuration is applied; a restart may be due" in done.stderr
    assert node.calls[-1] == "ApplyConfiguration NO_REBOOT"


def test_a_configuration_that_needs_a_restart_is_refused_and_quotes_no_value(
    cluster: Cluster,
) -> None:
    node = cluster.add("cp-1")
    text = f"cannot unmarshal !!str `{KEY}` into bool"
    node.refuses["ApplyConfiguration"].append((grpc.StatusCode.INVALID_ARGUMENT, text))
    done = cluster.act("configure", before="1 abc", TIER0_REVISION="2")
    assert "Talos refuses the configuration without a restart" in said(done)
    assert "cannot unmarshal !!str `...` into bool" in said(done)


def test_etcd_is_started_on_the_bootstrap_node_once(cluster: Cluster) -> None:
    node, other = cluster.add("cp-1"), cluster.add("cp-2")
    first = worked(cluster.act("bootstrap"))
    assert worked(cluster.act("bootstrap", before=first)) == first
    assert (node.called("Bootstrap"), other.called("Bootstrap")) == (1, 0)


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_start_of_etcd_that_talos_loses_is_sent_again_until_etcd_runs(
    cluster: Cluster, lost: int
) -> None:
    node = cluster.add("cp-1")
    node.forgets = lost
    assert worked(cluster.act("bootstrap", TIER0_RESEND="1")) == "cp-1"
    assert node.called("Bootstrap") == lost + 1
    assert node.etcd


def test_a_restore_that_talos_loses_is_sent_again_as_a_restore(
    cluster: Cluster, snapshot: Path
) -> None:
    node = cluster.add("cp-1")
    node.forgets = 1
    settings = {"TIER0_RECOVER_FROM": str(snapshot), "TIER0_RESEND": "1"}
    assert worked(cluster.act("bootstrap", **settings)) == f"cp-1 {snapshot}"
    starts = [call for call in node.calls if call.startswith("Bootstrap")]
    assert starts == ["Bootstrap recover"] * 2
    assert node.called("EtcdRecover") == 2


def test_a_start_is_not_sent_again_while_it_may_still_be_at_work(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    node.forgets = 1
    done = cluster.act("bootstrap", TIER0_BOUND="3")
    assert "etcd: STATE Preparing" in said(done)
    assert node.called("Bootstrap") == 1
    # Nothing is remembered of it: the next run sends it.
    assert worked(cluster.act("bootstrap")) == "cp-1"


def test_etcd_counts_as_started_when_it_is_healthy(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    node.checks = 3
    assert worked(cluster.act("bootstrap")) == "cp-1"
    assert node.called("ServiceList") == 4
    assert node.called("Bootstrap") == 1


@pytest.mark.parametrize("recovery", [False, True])
def test_a_remembered_start_that_talos_lost_is_sent_again_in_a_later_run(
    cluster: Cluster, snapshot: Path, *, recovery: bool
) -> None:
    node, _ = cluster.add("cp-1"), cluster.add("cp-2")
    path = str(snapshot) if recovery else ""
    before = f"cp-1 {path}".strip()
    done = cluster.act("bootstrap", before=before, TIER0_RECOVER_FROM=path)
    assert worked(done) == before
    assert [call for call in node.calls if call.startswith("Bootstrap")] == [
        f"Bootstrap {'recover' if recovery else 'new'}"
    ]


def test_a_remembered_start_is_not_sent_to_a_node_that_joins_or_beside_a_silent_one(
    cluster: Cluster,
) -> None:
    wiped, other = cluster.add("cp-1"), cluster.add("cp-2", etcd=True)
    assert worked(cluster.act("bootstrap", before="cp-1 ")) == "cp-1"
    other.stop()
    assert worked(cluster.act("bootstrap", before="cp-1 ")) == "cp-1"
    assert wiped.called("Bootstrap") == 0


def test_a_remembered_restore_whose_line_is_gone_starts_no_empty_etcd(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    assert worked(cluster.act("bootstrap", before="cp-1 /etcd.snapshot")) == "cp-1 /etcd.snapshot"
    assert node.called("Bootstrap") == 0


@pytest.mark.parametrize("kind", ["control-plane", "worker"])
def test_a_node_that_comes_back_without_its_configuration_is_configured_again(
    cluster: Cluster, kind: str
) -> None:
    node = cluster.add("cp-1", kind=kind, configured=False)
    node.reverts = 1
    assert worked(cluster.act("configure", TIER0_RESEND="2")).startswith("1 ")
    assert node.called("ApplyConfiguration") == 2
    assert node.configuration.decode() == CONFIGURATION


def test_a_node_that_reverts_is_not_remembered_as_configured(cluster: Cluster) -> None:
    node = cluster.add("cp-1", configured=False)
    node.reverts = 1
    # It looks again once the node has restarted, which takes half a second.
    done = cluster.act("configure", TIER0_BOUND="5", TIER0_POLL="5")
    assert "it was in maintenance mode for 5 s" in said(done)
    assert node.called("ApplyConfiguration") == 1


def test_a_cluster_that_was_bootstrapped_before_is_taken_as_it_is(cluster: Cluster) -> None:
    cluster.add("cp-1", etcd=True)
    cluster.add("cp-2", etcd=True)
    done = cluster.act("bootstrap")
    assert worked(done) == "cp-1"
    assert "etcd was started before" in done.stderr


def test_what_talos_calls_not_ready_is_tried_again(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    node.refuses["Bootstrap"].extend([NOT_YET, NOT_YET, NO_TIME])
    done = cluster.act("bootstrap")
    assert worked(done) == "cp-1"
    assert "cp-1 (127." in done.stderr
    assert "time is not in sync yet" in done.stderr
    assert node.called("Bootstrap") == 4


def test_what_is_never_ready_ends_after_the_bound_with_the_last_reason(cluster: Cluster) -> None:
    cluster.add("cp-1").refuses["Bootstrap"].extend([NOT_YET] * 100)
    done = cluster.act("bootstrap", TIER0_BOUND="2")
    assert "Talos was not ready for 2 s" in said(done)
    assert "bootstrap is not available yet" in said(done)


def test_an_unreachable_node_is_a_sentence_and_the_next_run_goes_on(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    node.stop()
    done = cluster.act("bootstrap", TIER0_BOUND="2")
    assert "no good answer for 2 s" in said(done)
    assert "connection refused" in said(done)
    node.start()
    assert worked(cluster.act("bootstrap")) == "cp-1"


def test_a_node_that_comes_back_within_the_bound_needs_no_next_run(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    node.stop()
    threading.Timer(3, node.start).start()
    assert worked(cluster.act("bootstrap")) == "cp-1"


def test_a_worker_is_no_bootstrap_node(cluster: Cluster) -> None:
    cluster.add("cp-1", kind="worker")
    assert said(cluster.act("bootstrap")).endswith(
        "it is not a control-plane node; write one as bootstrap_node"
    )


def test_another_bootstrap_node_than_the_remembered_one_is_refused(cluster: Cluster) -> None:
    cluster.add("cp-1", etcd=True)
    other = cluster.add("cp-2")
    done = cluster.act("bootstrap", "cp-2", before="cp-1 ")
    assert said(done) == (
        "tier0: bootstrap_node: etcd was started on cp-1, and a start on cp-2 could make a second "
        "cluster; write cp-1 again"
    )
    assert other.calls == []


def test_with_the_state_lost_no_second_cluster_is_started_beside_a_running_one(
    cluster: Cluster,
) -> None:
    wiped = cluster.add("cp-1")
    cluster.add("cp-2", etcd=True)
    assert "etcd runs on cp-2 already" in said(cluster.act("bootstrap"))
    assert wiped.called("Bootstrap") == 0


def test_a_silent_control_plane_node_is_waited_for_before_etcd_is_started(
    cluster: Cluster,
) -> None:
    first, silent = cluster.add("cp-1"), cluster.add("cp-2")
    silent.stop()
    assert "cp-2" in said(cluster.act("bootstrap", TIER0_BOUND="2"))
    assert first.called("Bootstrap") == 0


def test_a_node_of_another_cluster_is_not_configured(cluster: Cluster, tmp_path: Path) -> None:
    node = cluster.add("cp-1")
    stranger = Pki(tmp_path / "stranger")
    cluster.talosconfig = stranger.talosconfig(stranger.client())
    assert said(cluster.act("configure")).endswith(
        "it is a node of another cluster; correct its address, or reset it"
    )
    assert node.calls == []


@pytest.mark.parametrize("act", ["configure", "bootstrap", "kubeconfig"])
def test_an_expired_talosconfig_is_said_at_once(cluster: Cluster, act: str) -> None:
    node = cluster.add("cp-1")
    cluster.talosconfig = cluster.pki.talosconfig(cluster.pki.client(days=-1))
    done = cluster.act(act, TIER0_BOUND="600")
    assert "a certificate has expired" in said(done)
    assert "not yet" not in done.stderr
    assert node.calls == []


def test_a_role_that_may_not_bootstrap_is_said_at_once(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    node.refuses["Bootstrap"].append((grpc.StatusCode.PERMISSION_DENIED, "not authorized"))
    assert "use one with the role os:admin" in said(cluster.act("bootstrap"))


def test_a_text_that_is_no_talosconfig_is_said(cluster: Cluster) -> None:
    cluster.add("cp-1")
    cluster.talosconfig = "context: nobody\ncontexts: {}\n"
    assert "is not a talosconfig" in said(cluster.act("bootstrap"))


def test_a_half_configured_cluster_goes_on_where_it_stopped(cluster: Cluster) -> None:
    done, waiting = cluster.add("cp-1"), cluster.add("cp-2", configured=False)
    # etcd is not started while a control-plane node is in maintenance mode.
    assert "cp-2" in said(cluster.act("bootstrap", TIER0_BOUND="2"))
    worked(cluster.act("configure", "cp-2"))
    assert worked(cluster.act("bootstrap")) == "cp-1"
    assert done.called("ApplyConfiguration") == 0
    assert waiting.called("ApplyConfiguration") == 1


def test_health_is_believed_when_it_comes_twice_in_a_row(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    cluster.add("cp-2")
    node.refuses["HealthCheck"].extend([None, UNHEALTHY])
    done = cluster.act("healthy", TIER0_WORKERS="127.0.0.9")
    assert worked(done) == ""
    controls = ",".join(n.address for n in cluster.nodes.values())
    asked = f"HealthCheck {controls},127.0.0.9"
    assert node.calls == [asked, f"{asked} refused", asked, asked]


def test_a_flapping_cluster_is_not_called_healthy(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    node.refuses["HealthCheck"].extend([None, UNHEALTHY] * 40)
    done = cluster.act("healthy", TIER0_BOUND="4", TIER0_POLL="0.5")
    assert "cluster health" in said(done)
    assert any(not call.endswith("refused") for call in node.calls)


def test_what_never_becomes_healthy_ends_after_the_bound_and_says_what_it_waits_for(
    cluster: Cluster,
) -> None:
    cluster.add("cp-1").refuses["HealthCheck"].extend([UNHEALTHY] * 200)
    done = cluster.act("healthy", TIER0_BOUND="2")
    assert "waiting for all k8s nodes to report ready: 1 of 2" in said(done)
    assert "for 2 s" in said(done)


def test_the_kubeconfig_is_printed_and_nothing_else(cluster: Cluster) -> None:
    node = cluster.add("cp-1", etcd=True)
    node.refuses["Kubeconfig"].append((grpc.StatusCode.UNAVAILABLE, "not yet"))
    assert worked(cluster.act("kubeconfig")) == node.kubeconfig.strip()


def test_a_snapshot_is_restored_on_an_empty_node(cluster: Cluster, snapshot: Path) -> None:
    node = cluster.add("cp-1")
    done = cluster.act("bootstrap", TIER0_RECOVER_FROM=str(snapshot))
    assert worked(done) == f"cp-1 {snapshot}"
    assert node.calls == [
        f"EtcdRecover {snapshot.stat().st_size}",
        "Bootstrap recover",
        "ServiceList",
    ]


def test_a_snapshot_named_later_is_another_recovery_and_the_same_one_is_not(
    cluster: Cluster, snapshot: Path
) -> None:
    node = cluster.add("cp-1")
    settings = {"TIER0_RECOVER_FROM": str(snapshot)}
    second = worked(cluster.act("bootstrap", before="cp-1 ", **settings))
    assert worked(cluster.act("bootstrap", before=second, **settings)) == second
    assert worked(cluster.act("bootstrap", before=second)) == second
    assert node.called("Bootstrap") == 1


def test_a_node_that_holds_etcd_data_is_not_said_to_be_recovered(
    cluster: Cluster, snapshot: Path
) -> None:
    cluster.add("cp-1", etcd=True)
    done = cluster.act("bootstrap", TIER0_RECOVER_FROM=str(snapshot))
    assert "it holds etcd data, so this run restored nothing" in said(done)


@pytest.mark.parametrize("text", ["", "this is no snapshot\n" * 1000])
def test_a_file_that_is_no_snapshot_is_refused(cluster: Cluster, tmp_path: Path, text: str) -> None:
    node = cluster.add("cp-1")
    file = tmp_path / "file"
    file.write_text(text)
    done = cluster.act("bootstrap", TIER0_RECOVER_FROM=str(file))
    assert "is not an etcd snapshot" in said(done)
    assert node.called("Bootstrap") == 0


def test_a_snapshot_that_is_not_there_is_said_before_anything_is_asked(cluster: Cluster) -> None:
    node = cluster.add("cp-1")
    done = cluster.act("bootstrap", TIER0_RECOVER_FROM="/nowhere/db")
    assert "/nowhere/db cannot be read on this machine" in said(done)
    assert node.calls == []


def test_a_missing_talosctl_is_a_sentence(tmp_path: Path) -> None:
    for name in ("bash", "timeout"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    done = run("bootstrap", {}, search=str(tmp_path))
    assert said(done).startswith("tier0: talosctl: is not on the PATH; install it")


def test_no_process_shows_a_secret_on_its_command_line(cluster: Cluster) -> None:
    node = cluster.add("cp-1", configured=False)
    node.refuses["ApplyConfiguration"].extend([(grpc.StatusCode.UNAVAILABLE, "later")] * 5)
    seen: list[str] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.append(file.read_bytes().decode(errors="replace"))
                except OSError:
                    continue

    watching = threading.Thread(target=watch)
    watching.start()
    worked(cluster.act("configure"))
    over.set()
    watching.join()
    ours = [line for line in seen if "apply-config" in line and "talosctl" in line]
    assert ours, "no command line of talosctl was seen, so the test tests nothing"
    secrets = [KEY, cluster.talosconfig.split("key: ")[1].split("\n")[0]]
    assert not [line for line in seen for secret in secrets if secret in line]


def test_the_script_writes_no_file() -> None:
    words = SCRIPT.read_text().split()
    assert not {"mktemp", "tee"} & set(words)
