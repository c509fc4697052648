"""The offline kubernetes plugin, driven by the real engine against a real API server."""

import base64
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from kubernetes import client
from kubernetes.client.exceptions import ApiException

from tests.engine.equipment.trial import Stack
from tools.build.toolchain import Toolchain
from tools.sandbox.api_server import Sandbox

Api: TypeAlias = Any
"""A client whose models are declared with every field optional, which none of these is."""

PRELUDE = """
import pulumi
import pulumi_kubernetes as k8s
from pulumi import CustomTimeouts, ResourceOptions
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import ConfigMap, Namespace, Secret

"""

CLUSTER = """
CustomResource(
    "db",
    api_version="postgresql.cnpg.io/v1",
    kind="Cluster",
    metadata={"name": "db", "namespace": "default", "annotations": {
        "pulumi.com/waitFor": "condition=Ready",
    }},
    spec={"instances": 1, "storage": {"size": "1Gi"}},
    opts=ResourceOptions(custom_timeouts=CustomTimeouts(create="TIMEOUT", update="60s")),
)
"""


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox, toolchain: Toolchain) -> Stack:
    return Stack(tmp_path, toolchain, PRELUDE, sandbox.kubeconfig)


@pytest.fixture
def core(sandbox: Sandbox) -> Iterator[Api]:
    with sandbox.api() as api:
        yield client.CoreV1Api(api)


@pytest.fixture
def custom(sandbox: Sandbox) -> Iterator[Api]:
    with sandbox.api() as api:
        yield client.CustomObjectsApi(api)


def config_map(name: str = "one", data: str = '{"a": "1"}', opts: str = "") -> str:
    metadata = {"name": name, "namespace": "default"}
    return f"ConfigMap({name!r}, metadata={metadata}, data={data}, {opts})\n"


def eventually(what: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.1)


def gone(read: Callable[[], object]) -> bool:
    try:
        read()
    except ApiException as error:
        return bool(error.status == 404)
    return False


def cluster_exists(custom: Api) -> bool:
    return not gone(
        lambda: custom.get_namespaced_custom_object(
            "postgresql.cnpg.io", "v1", "default", "clusters", "db"
        )
    )


def make_ready(custom: Api) -> None:
    """What the operator would write, which does not run here."""
    custom.patch_namespaced_custom_object_status(
        "postgresql.cnpg.io",
        "v1",
        "default",
        "clusters",
        "db",
        {
            "status": {
                "conditions": [
                    {
                        "type": "Ready",
                        "status": "True",
                        "reason": "ClusterIsReady",
                        "message": "",
                        "lastTransitionTime": "2026-01-01T00:00:00Z",
                    }
                ]
            }
        },
    )


def test_what_is_up_stays_so_through_a_second_up_and_a_refresh(stack: Stack) -> None:
    stack.up("""
ns = Namespace("ns", metadata={"name": "app"})
inside = {"namespace": ns.metadata.name}
ConfigMap("named", metadata={"name": "named", **inside}, data={"a": "1"})
ConfigMap("unnamed", metadata=inside, data={"uid": ns.metadata.uid})
Secret("secret", metadata={"name": "secret", **inside}, string_data={"password": "hunter2"})
k8s.core.v1.Service("service", metadata={"name": "service", **inside}, spec={
    "selector": {"app": "x"}, "ports": [{"port": 80, "target_port": "http"}],
})
k8s.apps.v1.Deployment("app", metadata={
    "name": "app", "annotations": {"pulumi.com/skipAwait": "true"}, **inside,
}, spec={
    "selector": {"match_labels": {"app": "x"}},
    "template": {
        "metadata": {"labels": {"app": "x"}},
        "spec": {"containers": [{"name": "x", "image": "x", "resources": {
            "requests": {"cpu": 0.5, "memory": "1Gi"},
        }}]},
    },
})
k8s.rbac.v1.ClusterRole("role", metadata={"name": "role"}, rules=[
    {"api_groups": [""], "resources": ["pods"], "verbs": ["get"]},
])
CustomResource("db", api_version="postgresql.cnpg.io/v1", kind="Cluster",
    metadata={"name": "db", **inside},
    spec={"instances": 1, "storage": {"size": "1Gi"}, "enablePDB": False})
""")
    stack.settles()
    again = stack.up()
    assert "unchanged" in again
    assert "created" not in again
    assert "updated" not in again


def test_an_update_keeps_the_object_and_takes_away_what_the_program_dropped(
    stack: Stack, core: Api
) -> None:
    text = """
mutable = k8s.Provider("mutable", enable_config_map_mutable=True, enable_secret_mutable=True)
opts = ResourceOptions(provider=mutable)
ConfigMap("one", metadata={"name": "one", "namespace": "default"}, data=DATA, opts=opts)
Secret("two", metadata={"name": "two", "namespace": "default"}, string_data=DATA, opts=opts)
"""
    stack.up(text.replace("DATA", '{"a": "1", "b": "1"}'))
    first = core.read_namespaced_config_map("one", "default")
    for data in ({"a": "2"}, {"a": "2", "c": "3"}, {"c": "3"}):
        stack.up(text.replace("DATA", str(data)))
        now = core.read_namespaced_config_map("one", "default")
        assert now.data == data
        assert now.metadata.uid == first.metadata.uid
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
        assert core.read_namespaced_secret("two", "default").data == encoded
    managers = {entry.manager for entry in now.metadata.managed_fields}
    assert managers == {"pulumi-kubernetes"}
    stack.settles()


def test_new_data_of_an_immutable_object_replaces_it_and_the_old_one_goes_first(
    stack: Stack, core: Api
) -> None:
    stack.up(config_map())
    first = core.read_namespaced_config_map("one", "default")
    said = stack.up(config_map(data='{"a": "2"}'))
    now = core.read_namespaced_config_map("one", "default")
    assert now.data == {"a": "2"}
    assert now.metadata.uid != first.metadata.uid
    assert said.index("deleted original") < said.index("created replacement")


def test_a_new_name_makes_a_new_object_before_the_old_one_goes(stack: Stack, core: Api) -> None:
    text = 'ConfigMap("x", metadata={"name": "NAME", "namespace": "default"}, data={"a": "1"})'
    stack.up(text.replace("NAME", "old"))
    said = stack.up(text.replace("NAME", "new"))
    assert said.index("created replacement") < said.index("deleted original")
    assert core.read_namespaced_config_map("new", "default").data == {"a": "1"}
    assert gone(lambda: core.read_namespaced_config_map("old", "default"))


def test_an_object_that_exists_is_not_adopted(stack: Stack, core: Api) -> None:
    core.create_namespaced_config_map("default", {"metadata": {"name": "one"}, "data": {"a": "0"}})
    said = stack.refused(config_map())
    assert "ConfigMap default/one: it exists already, and this stack did not make it" in said
    assert "import it (pulumi import, with the id default/one)" in said
    assert core.read_namespaced_config_map("one", "default").data == {"a": "0"}


def test_a_resource_under_a_new_logical_name_is_not_made_over_its_own_object(
    stack: Stack, core: Api
) -> None:
    text = 'ConfigMap("LOGICAL", metadata={"name": "one", "namespace": "default"}, data={"a": "1"})'
    stack.up(text.replace("LOGICAL", "before"))
    assert "it exists already" in stack.refused(text.replace("LOGICAL", "after"))
    assert core.read_namespaced_config_map("one", "default").data == {"a": "1"}


def test_upsert_takes_an_existing_object_over(stack: Stack, core: Api) -> None:
    core.create_namespaced_config_map("default", {"metadata": {"name": "one"}, "data": {"b": "0"}})
    provider = 'p = k8s.Provider("p", upsert_existing_objects=True)\n'
    stack.up(provider + config_map(opts="opts=ResourceOptions(provider=p)"))
    assert core.read_namespaced_config_map("one", "default").data == {"a": "1", "b": "0"}


def test_refresh_notices_what_others_changed_and_deleted_and_up_mends_it(
    stack: Stack, core: Api
) -> None:
    mutable = 'p = k8s.Provider("p", enable_config_map_mutable=True)\n'
    opts = "opts=ResourceOptions(provider=p)"
    stack.up(mutable + config_map("one", opts=opts) + config_map("two", opts=opts))
    core.patch_namespaced_config_map(
        "one", "default", {"data": {"a": "other"}}, field_manager="pulumi-kubernetes"
    )
    core.delete_namespaced_config_map("two", "default")
    stack.run("refresh", "--yes", "--skip-preview")
    assert "two" not in stack.urns()
    stack.up()
    assert core.read_namespaced_config_map("one", "default").data == {"a": "1"}
    assert core.read_namespaced_config_map("two", "default").data == {"a": "1"}


def test_an_object_that_is_gone_is_named_by_the_update_that_misses_it(
    stack: Stack, core: Api
) -> None:
    stack.up('Namespace("x", metadata={"name": "gone"})')
    core.delete_namespace("gone")
    eventually(lambda: gone(lambda: core.read_namespace("gone")))
    said = stack.refused('Namespace("x", metadata={"name": "gone", "labels": {"a": "b"}})')
    assert "Namespace gone: it is gone from the cluster; run pulumi refresh" in said


def test_an_imported_object_is_the_programs_from_then_on(stack: Stack, core: Api) -> None:
    core.create_namespaced_config_map("default", {"metadata": {"name": "one"}, "data": {"a": "1"}})
    first = core.read_namespaced_config_map("one", "default")
    said = stack.up(config_map(opts='opts=ResourceOptions(import_="default/one")'))
    assert "1 imported" in said
    stack.up(config_map())
    stack.settles()
    assert core.read_namespaced_config_map("one", "default").metadata.uid == first.metadata.uid
    stack.run("destroy", "--yes", "--skip-preview")
    assert gone(lambda: core.read_namespaced_config_map("one", "default"))


def test_destroy_ends_when_the_namespace_and_all_in_it_are_gone(stack: Stack, core: Api) -> None:
    stack.up("""
ns = Namespace("ns", metadata={"name": "app"})
ConfigMap("a", metadata={"name": "a", "namespace": ns.metadata.name}, data={"a": "1"})
""")
    core.create_namespaced_config_map("app", {"metadata": {"name": "of-others"}})
    stack.run("destroy", "--yes", "--skip-preview")
    assert gone(lambda: core.read_namespace("app"))
    assert stack.urns() in ([], ["trial-trial"])


def test_a_deletion_that_a_finalizer_holds_names_it_and_can_be_run_again(
    stack: Stack, core: Api
) -> None:
    stack.up("""
ConfigMap("one", metadata={"name": "one", "namespace": "default"}, data={"a": "1"},
    opts=ResourceOptions(custom_timeouts=CustomTimeouts(delete="1s")))
""")
    held = {"metadata": {"finalizers": ["example.org/held"]}}
    core.patch_namespaced_config_map("one", "default", held)
    said = stack.refused(command="destroy")
    assert "ConfigMap default/one: it is still there 1 s after its deletion" in said
    assert "finalizers example.org/held" in said
    core.patch_namespaced_config_map("one", "default", {"metadata": {"finalizers": None}})
    stack.run("destroy", "--yes", "--skip-preview")


def test_no_form_of_a_secret_is_in_the_state_or_in_what_is_printed(stack: Stack) -> None:
    word = "hunter2-and-then-some"
    text = f"""
Secret("s", metadata={{"name": "s", "namespace": "default"}}, string_data={{"p": "{word}"}})
ConfigMap("c", metadata={{"name": "c", "namespace": "default"}}, data={{
    "p": pulumi.Output.secret("{word}"),
}})
"""
    said = stack.up(text, "--diff")
    said += stack.run("refresh", "--yes", "--diff").stdout
    said += stack.up(text.replace(word, word + "!"), "--diff")
    kept = stack.state()
    for form in (word, base64.b64encode(word.encode()).decode()[:-2]):
        assert form not in said
        assert form not in kept


def test_a_preview_needs_neither_the_namespace_nor_the_kind_nor_what_is_unknown(
    stack: Stack,
) -> None:
    stack.program("""
ns = Namespace("ns", metadata={"name": "later"})
ConfigMap("a", metadata={"name": "a", "namespace": "later"}, data={"a": "1"})
ConfigMap("b", metadata={"name": "b", "namespace": ns.metadata.name}, data={"u": ns.metadata.uid})
CustomResource("c", api_version="example.org/v1", kind="Later", metadata={"name": "c"})
""")
    said = stack.run("preview", "--diff").stdout
    assert "5 to create" in said
    assert "u: [unknown]" in said


def test_a_preview_of_an_unreachable_cluster_warns_and_an_up_fails(stack: Stack) -> None:
    text = """
p = k8s.Provider("p", kubeconfig='''
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
''')
ConfigMap("one", metadata={"name": "one"}, opts=ResourceOptions(provider=p))
ConfigMap("two", metadata={"name": "two"}, opts=ResourceOptions(provider=p))
"""
    stack.program(text)
    said = stack.run("preview").stdout
    assert said.count("until then a preview is unchecked") == 2, "once passing, once listed"
    assert "4 to create" in said
    assert (
        "https://127.0.0.1:1: the API server does not answer (Connection refused); see that the "
        "cluster runs"
    ) in stack.refused()


def test_credentials_that_are_not_accepted_are_named_as_the_cause(
    stack: Stack, sandbox: Sandbox
) -> None:
    config = sandbox.kubeconfig.read_text()
    token = config.partition("token: ")[2].split()[0]
    stack.program(f"""
p = k8s.Provider("p", kubeconfig={config.replace(token, "stale")!r})
ConfigMap("one", metadata={{"name": "one"}}, opts=ResourceOptions(provider=p))
""")
    said = stack.refused()
    assert "Unauthorized; the credentials of this context are not accepted; log in again" in said


def test_a_kind_that_no_crd_defines_is_named(stack: Stack) -> None:
    said = stack.refused(
        'CustomResource("c", api_version="example.org/v1", kind="Never", metadata={"name": "c"})'
    )
    assert "no matches for kind Never in example.org/v1; install the operator's CRDs first" in said


def test_a_namespace_that_is_missing_is_named(stack: Stack) -> None:
    said = stack.refused('ConfigMap("c", metadata={"name": "c", "namespace": "never"})')
    assert 'namespaces "never" not found; make the namespace first' in said


def test_a_misspelt_field_fails_the_preview_in_the_words_of_the_api_server(stack: Stack) -> None:
    said = stack.refused(
        """
CustomResource("db", api_version="postgresql.cnpg.io/v1", kind="Cluster",
    metadata={"name": "db", "namespace": "default"},
    spec={"instnaces": 1, "instances": 1, "storage": {"size": "1Gi"}})
""",
        "preview",
    )
    assert 'unknown field "spec.instnaces"; correct the spelling or the place' in said


def test_a_field_of_another_manager_is_named_and_taken_only_by_force(
    stack: Stack, core: Api
) -> None:
    text = """
Namespace("x", metadata={"name": "x", "labels": {"team": "TEAM"}, "annotations": FORCE})
"""
    stack.up(text.replace("TEAM", "ours").replace("FORCE", "{}"))
    core.patch_namespace("x", {"metadata": {"labels": {"team": "theirs"}}}, field_manager="rival")
    said = stack.refused(text.replace("TEAM", "mine").replace("FORCE", "{}"))
    assert '.metadata.labels.team: conflict with "rival"' in said
    force = '{"pulumi.com/patchForce": "true"}'
    stack.up(text.replace("TEAM", "mine").replace("FORCE", force))
    assert core.read_namespace("x").metadata.labels["team"] == "mine"


def test_an_ignored_field_stays_with_the_manager_that_owns_it(stack: Stack, core: Api) -> None:
    text = """
Namespace("x", metadata={"name": "x", "labels": {"scale": "1"}, "annotations": {"a": "STEP"}},
    opts=ResourceOptions(ignore_changes=["metadata.labels.scale"]))
"""
    stack.up(text.replace("STEP", "1"))
    core.patch_namespace("x", {"metadata": {"labels": {"scale": "9"}}}, field_manager="scaler")
    stack.up(text.replace("STEP", "2"))
    found = core.read_namespace("x").metadata
    assert found.labels["scale"] == "9"
    assert found.annotations["a"] == "2"


def test_up_ends_when_what_it_waits_for_is_so(stack: Stack, custom: Api) -> None:
    stack.program(CLUSTER.replace("TIMEOUT", "60s"))
    running = stack.start_up()
    eventually(lambda: cluster_exists(custom))
    time.sleep(1)
    assert running.poll() is None, "it waits"
    make_ready(custom)
    said, _ = running.communicate(timeout=30)
    assert running.returncode == 0, said
    stack.settles()


def test_a_wait_that_runs_out_says_what_it_lacks_and_a_second_up_goes_on(
    stack: Stack, custom: Api
) -> None:
    said = stack.refused(CLUSTER.replace("TIMEOUT", "1s"))
    assert "Cluster default/db: it was written, but after 1 s it still lacks" in said
    assert "condition=Ready (last seen: no condition Ready)" in said
    assert "db" in stack.urns()
    make_ready(custom)
    stack.up()
    stack.settles()


def test_a_cancelled_up_ends_at_once_and_a_second_one_goes_on(stack: Stack, custom: Api) -> None:
    stack.program(CLUSTER.replace("TIMEOUT", "600s"))
    running = stack.start_up()
    eventually(lambda: cluster_exists(custom))
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=15)
    assert "the wait was cancelled while it lacked condition=Ready" in said
    make_ready(custom)
    stack.up()
    stack.settles()


def test_a_killed_up_leaves_no_plugin_behind_and_a_second_one_goes_on(
    stack: Stack, custom: Api
) -> None:
    stack.program(config_map() + CLUSTER.replace("TIMEOUT", "600s"))
    running = stack.start_up()
    eventually(lambda: cluster_exists(custom))
    eventually(lambda: "one" in stack.urns())
    plugins = _children(running.pid)
    assert plugins
    running.kill()
    running.communicate(timeout=15)
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in plugins))
    # What was recorded stays so; what was being made is in the cluster, and not in the state.
    stack.run("cancel", "--yes")
    assert "Cluster default/db: it exists already" in stack.refused()
    make_ready(custom)
    cluster = CLUSTER.replace("TIMEOUT", "5s")
    stack.up(
        config_map()
        + cluster.replace("opts=ResourceOptions(", "opts=ResourceOptions(import_='default/db', ")
    )
    stack.up(config_map() + cluster)
    stack.settles()


RELEASE = """
k8s.helm.v3.Release(
    "operator",
    name="operator",
    namespace="kube-system",
    chart="operator",
    version="VERSION",
    repository_opts={"repo": "https://charts.example.org"},
    values={"replicas": 2, "password": pulumi.Output.secret("known-2f9d")},
)
"""


def test_a_helm_release_is_recorded_with_a_warning_and_nothing_is_installed(
    stack: Stack, core: Api
) -> None:
    def pods_and_secrets() -> list[str]:
        found = [*core.list_pod_for_all_namespaces().items]
        found += core.list_secret_for_all_namespaces().items
        return [item.metadata.name for item in found]

    before = pods_and_secrets()
    said = stack.up(RELEASE.replace("VERSION", "1.0.0"))
    assert "warning: recorded, not installed" in said, said
    assert pods_and_secrets() == before
    stack.settles()
    assert "known-2f9d" not in stack.run("stack", "export").stdout

    said = stack.up(RELEASE.replace("VERSION", "1.1.0"))
    assert "~ 1 updated" in said, said
    assert "warning: recorded, not installed" in said, said
    said = stack.up(RELEASE.replace('name="operator"', 'name="other"').replace("VERSION", "1.1.0"))
    assert "1 replaced" in said, said
    stack.run("destroy", "--yes")


def _children(pid: int) -> list[int]:
    """Processes that run a plugin and were started by *pid*."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_text()
        except OSError:
            continue
        if parent == pid and "tools.engine.plugins" in command:
            found.append(int(entry.name))
    return found


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        (
            'k8s.helm.v4.Chart("c", chart="x")',
            "kubernetes:helm.sh/v4:Chart (c): the offline stand-in for the kubernetes plugin "
            "cannot do it; install the real one: "
            "pulumi plugin install resource kubernetes v4.34.2",
        ),
        (
            'k8s.helm.v3.Release("r", name="r", chart="x")',
            "no version: the offline stand-in for the kubernetes plugin cannot do it",
        ),
        ('k8s.yaml.v2.ConfigGroup("g", yaml="a: b")', "kubernetes:yaml/v2:ConfigGroup"),
        (
            'k8s.core.v1.ConfigMapPatch("p", metadata={"name": "x"}, data={"a": "1"})',
            "the Patch resource kubernetes:core/v1:ConfigMapPatch",
        ),
        (
            'p = k8s.Provider("p", render_yaml_to_directory="out")\n'
            + config_map(opts="opts=ResourceOptions(provider=p)"),
            "the option renderYamlToDirectory",
        ),
        (
            'p = k8s.Provider("p", enable_server_side_apply=False)\n'
            + config_map(opts="opts=ResourceOptions(provider=p)"),
            "the option enableServerSideApply",
        ),
    ],
)
def test_what_needs_the_real_plugin_is_refused_with_its_name(
    stack: Stack, program: str, sentence: str
) -> None:
    said = stack.refused(program, "preview")
    assert sentence in said
    # The SDK shows one for a component, wherever that fails.
    assert "Traceback" not in said or "ConfigGroup" in said or "Chart" in said


def test_many_objects_wait_at_once_and_the_last_is_not_late(
    stack: Stack, sandbox: Sandbox, core: Api
) -> None:
    stack.program("""
for number in range(40):
    Namespace(f"n{number}", metadata={"name": f"n{number}", "annotations": {
        "pulumi.com/waitFor": "jsonpath={.metadata.labels.go}=yes",
    }})
""")
    running = stack.start_up()

    def made() -> list[str]:
        names = [item.metadata.name for item in core.list_namespace().items]
        return [name for name in names if name.startswith("n") and name[1:].isdigit()]

    def label(name: str) -> None:
        with sandbox.api() as api:
            body = {"metadata": {"labels": {"go": "yes"}}}
            client.CoreV1Api(api).patch_namespace(name, body)

    done: set[str] = set()
    while running.poll() is None:
        fresh = set(made()) - done
        threads = [threading.Thread(target=label, args=(name,)) for name in fresh]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        done |= fresh
        time.sleep(0.1)
    said, _ = running.communicate()
    assert running.returncode == 0, said
    assert len(done) == 40
