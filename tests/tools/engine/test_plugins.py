"""The offline plugins by themselves: what they check and find different, with no cluster."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2

from tools import Fault
from tools.engine.plugins import install, manifests
from tools.engine.plugins.command import Command
from tools.engine.plugins.kubernetes import Kubernetes
from tools.engine.plugins.properties import (
    UNKNOWN,
    Obj,
    Secret,
    changes,
    decode_struct,
    dotted,
    encode,
    plain,
)
from tools.engine.plugins.waiting import goals

NOTHING: Any = None
"""In the place of the gRPC context, which no method uses."""

KUBECONFIG = """
apiVersion: v1
kind: Config
clusters:
- {name: first, cluster: {server: "https://127.0.0.1:1"}}
- {name: second, cluster: {server: "https://127.0.0.1:2"}}
users: [{name: u, user: {token: t}}]
contexts:
- {name: first, context: {cluster: first, user: u, namespace: ours}}
- {name: second, context: {cluster: second, user: u}}
current-context: first
"""


@pytest.fixture
def kubernetes() -> Kubernetes:
    return configured({"kubeconfig": KUBECONFIG})


def configured(config: Obj) -> Kubernetes:
    plugin = Kubernetes()
    plugin.Configure(provider_pb2.ConfigureRequest(args=encode(config)), NOTHING)
    return plugin


def urn(token: str, name: str = "thing") -> str:
    return f"urn:pulumi:stack::project::{token}::{name}"


def check(
    plugin: Kubernetes | Command,
    token: str,
    news: Obj,
    olds: Obj | None = None,
    **more: Any,
) -> tuple[Obj, list[str]]:
    request = provider_pb2.CheckRequest(
        urn=urn(token), news=encode(news), olds=encode(olds or {}), randomSeed=b"seed", **more
    )
    response = plugin.Check(request, NOTHING)
    return decode_struct(response.inputs), [failure.reason for failure in response.failures]


def diff(plugin: Kubernetes | Command, old: Obj, new: Obj) -> provider_pb2.DiffResponse:
    token = "kubernetes:x/v1:X" if isinstance(plugin, Kubernetes) else "command:local:Command"
    request = provider_pb2.DiffRequest(urn=urn(token), old_inputs=encode(old), news=encode(new))
    return plugin.Diff(request, NOTHING)


def manifest(kind: str = "ConfigMap", api_version: str = "v1", **fields: object) -> Obj:
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": "a", "namespace": "b"},
        **fields,
    }


def test_properties_come_through_the_wire_as_they_went_in() -> None:
    tree = {
        "number": 3,
        "share": 0.5,
        "truth": False,
        "nothing": None,
        "list": [1, {"a": Secret("x")}, []],
        "secret": Secret({"k": "v"}),
        "later": UNKNOWN,
    }
    assert decode_struct(encode(tree)) == tree


def test_an_asset_is_refused() -> None:
    struct = struct_pb2.Struct()
    struct.update({"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17"})
    with pytest.raises(Fault, match="takes no assets or archives; give their text"):
        decode_struct(struct)


def test_a_difference_is_named_down_to_the_smallest_property() -> None:
    old = {"a": {"x.y": 1, "same": [1]}, "l": [{"n": 1}, {"n": 2}], "gone": True, "null": None}
    new = {"a": {"x.y": 2, "same": [1]}, "l": [{"n": 1}, {"n": UNKNOWN}, 3], "flag": 1}
    found = {dotted(change.path): change.kind for change in changes(old, new)}
    assert found == {
        'a["x.y"]': "UPDATE",
        "l[1].n": "UPDATE",
        "l[2]": "ADD",
        "gone": "DELETE",
        "flag": "ADD",
    }


def test_true_is_not_one() -> None:
    assert [change.path for change in changes({"a": 1}, {"a": True})] == [("a",)]


def test_an_unnamed_object_gets_a_name_from_the_seed_and_keeps_it(kubernetes: Kubernetes) -> None:
    token = "kubernetes:core/v1:ConfigMap"
    first, _ = check(kubernetes, token, {})
    assert first["metadata"]["name"].startswith("thing-")
    assert len(first["metadata"]["name"]) == len("thing-") + 8
    assert first["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
    assert check(kubernetes, token, {})[0] == first
    later, _ = check(kubernetes, token, {"data": {"a": "b"}}, first)
    assert later["metadata"] == first["metadata"]


def test_the_engines_choice_of_names_is_followed(kubernetes: Kubernetes) -> None:
    options = provider_pb2.CheckRequest.AutonamingOptions
    proposed = options(proposed_name="chosen", mode=options.ENFORCE)
    token = "kubernetes:core/v1:ConfigMap"
    assert check(kubernetes, token, {}, autonaming=proposed)[0]["metadata"]["name"] == "chosen"
    _, failures = check(kubernetes, token, {}, autonaming=options(mode=options.DISABLE))
    assert failures == ["autonaming is disabled: give this object a metadata.name"]


@pytest.mark.parametrize(
    ("config", "token", "expected"),
    [
        ({"kubeconfig": KUBECONFIG}, "kubernetes:core/v1:ConfigMap", "ours"),
        (
            {"kubeconfig": KUBECONFIG, "context": "second"},
            "kubernetes:apps/v1:Deployment",
            "default",
        ),
        ({"kubeconfig": KUBECONFIG, "namespace": "mine"}, "kubernetes:core/v1:Secret", "mine"),
        ({"kubeconfig": UNKNOWN}, "kubernetes:core/v1:Secret", "default"),
        ({"kubeconfig": KUBECONFIG}, "kubernetes:core/v1:Namespace", None),
        ({"kubeconfig": KUBECONFIG}, "kubernetes:storage.k8s.io/v1:StorageClass", None),
    ],
)
def test_the_namespace_is_the_programs_or_the_providers_or_the_contexts(
    config: Obj, token: str, expected: str | None
) -> None:
    plugin = configured(config)
    assert check(plugin, token, {})[0]["metadata"].get("namespace") == expected


def test_a_check_keeps_what_is_secret_and_what_is_unknown(kubernetes: Kubernetes) -> None:
    inputs, _ = check(
        kubernetes,
        "kubernetes:core/v1:Secret",
        {"metadata": {"name": UNKNOWN, "labels": {"l": Secret("x")}}, "stringData": {"p": "x"}},
    )
    assert inputs["metadata"]["name"] is UNKNOWN
    assert inputs["metadata"]["labels"] == {"l": Secret("x")}
    assert inputs["stringData"] == Secret({"p": "x"})


@pytest.mark.parametrize(
    ("annotations", "sentence"),
    [
        ({"pulumi.com/waitFor": "Ready"}, "it is no condition and no path"),
        ({"pulumi.com/waitFor": "[]"}, "it lists nothing"),
        ({"pulumi.com/waitFor": '["condition=A'}, "it is not JSON"),
        (
            {"pulumi.com/waitFor": 'jsonpath={.a[?(@.b=="c")].d}'},
            "does not know '[?(@.b==\"c\")].d' in a path",
        ),
        ({"pulumi.com/replaceUnready": "true"}, "the annotation pulumi.com/replaceUnready"),
    ],
)
def test_an_annotation_that_cannot_be_honoured_is_refused_before_anything_is_made(
    kubernetes: Kubernetes, annotations: Obj, sentence: str
) -> None:
    news = {"metadata": {"name": "a", "annotations": annotations}}
    _, failures = check(kubernetes, "kubernetes:core/v1:ConfigMap", news)
    assert sentence in failures[0]


@pytest.mark.parametrize(
    ("old", "new", "replaces", "first"),
    [
        (manifest(data={"a": "1"}), manifest(data={"a": "2"}), ["data.a"], True),
        (manifest(immutable=True), manifest(immutable=False), [], False),
        (manifest("Secret", type="a"), manifest("Secret", type="b"), ["type"], True),
        (
            manifest(),
            manifest(metadata={"name": "a", "namespace": "c"}),
            ["metadata.namespace"],
            False,
        ),
        (manifest(), manifest(metadata={"name": "z", "namespace": "b"}), ["metadata.name"], False),
        (
            manifest("StatefulSet", "apps/v1", spec={"replicas": 1}),
            manifest("StatefulSet", "apps/v1", spec={"replicas": 2}),
            [],
            False,
        ),
        (
            manifest("StatefulSet", "apps/v1", spec={"serviceName": "a"}),
            manifest("StatefulSet", "apps/v1", spec={"serviceName": "b"}),
            ["spec.serviceName"],
            True,
        ),
        (
            manifest("Job", "batch/v1", spec={"template": {"spec": {"a": 1}}}),
            manifest("Job", "batch/v1", spec={"template": {"spec": {"a": 2}}}),
            ["spec.template.spec.a"],
            True,
        ),
        (
            manifest("Pod", spec={"containers": [{"name": "c", "image": "a"}]}),
            manifest("Pod", spec={"containers": [{"name": "c", "image": "b"}]}),
            ["spec.containers[0].image"],
            True,
        ),
        (
            manifest("PersistentVolumeClaim", spec={"resources": {"requests": {"storage": "1"}}}),
            manifest("PersistentVolumeClaim", spec={"resources": {"requests": {"storage": "2"}}}),
            [],
            False,
        ),
        (
            manifest("Cluster", "postgresql.cnpg.io/v1", spec={"instances": 1}),
            manifest("Cluster", "postgresql.cnpg.io/v1", spec={"instances": 3}),
            [],
            False,
        ),
        (
            manifest("StorageClass", "storage.k8s.io/v1", parameters={}),
            manifest("StorageClass", "storage.k8s.io/v1", parameters={"a": UNKNOWN}),
            ["parameters.a"],
            True,
        ),
        (manifest("X", "a.b/v1"), manifest("X", "a.b/v2"), [], False),
    ],
)
def test_what_replaces_an_object_is_what_does_so_with_the_real_plugin(
    kubernetes: Kubernetes, *, old: Obj, new: Obj, replaces: list[str], first: bool
) -> None:
    found = diff(kubernetes, old, new)
    assert found.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(found.replaces) == replaces
    assert found.deleteBeforeReplace is first


def test_mutable_secrets_are_changed_in_place_unless_they_say_otherwise() -> None:
    plugin = configured({"kubeconfig": KUBECONFIG, "enableSecretMutable": "true"})
    old, new = manifest("Secret", data={"a": "MQ=="}), manifest("Secret", data={"a": "Mg=="})
    assert not diff(plugin, old, new).replaces
    frozen = diff(plugin, old | {"immutable": True}, new | {"immutable": True})
    assert list(frozen.replaces) == ["data.a"]


def test_an_autonamed_object_is_replaced_before_the_old_one_goes(kubernetes: Kubernetes) -> None:
    named = {"name": "a", "namespace": "b", "annotations": {"pulumi.com/autonamed": "true"}}
    old, new = manifest(metadata=named, data={"a": "1"}), manifest(metadata=named, data={"a": "2"})
    found = diff(kubernetes, old, new)
    assert found.replaces
    assert not found.deleteBeforeReplace


def test_equal_inputs_do_not_differ(kubernetes: Kubernetes) -> None:
    same = manifest(data={"a": Secret("1")})
    found = diff(kubernetes, same, same)
    assert found.changes == provider_pb2.DiffResponse.DIFF_NONE


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"context": "first"}, {"context": "second"}, ["context"]),
        ({}, {"cluster": "second"}, ["cluster"]),
        ({"namespace": "a"}, {"namespace": "b"}, []),
        ({"kubeconfig": UNKNOWN}, {"kubeconfig": UNKNOWN}, ["kubeconfig"]),
        (
            {"context": "first", "clusterIdentifier": "one"},
            {"context": "second", "clusterIdentifier": "one"},
            [],
        ),
        ({"clusterIdentifier": "one"}, {"clusterIdentifier": "two"}, ["clusterIdentifier"]),
        ({}, {"clusterIdentifier": "one"}, []),
    ],
)
def test_another_cluster_replaces_everything_and_its_identifier_has_the_last_word(
    kubernetes: Kubernetes, old: Obj, new: Obj, replaces: list[str]
) -> None:
    config = {"kubeconfig": KUBECONFIG}
    request = provider_pb2.DiffRequest(olds=encode(config | old), news=encode(config | new))
    assert list(kubernetes.DiffConfig(request, NOTHING).replaces) == replaces


def test_an_option_that_would_be_ignored_is_refused(kubernetes: Kubernetes) -> None:
    news = {
        "kubeconfig": KUBECONFIG,
        "enableServerSideApply": "true",
        "clusterIdentifier": "x",
        "kubeClientSettings": '{"qps": 1}',
        "enabelSecretMutable": "true",
    }
    response = kubernetes.CheckConfig(provider_pb2.CheckRequest(news=encode(news)), NOTHING)
    refused = {failure.property for failure in response.failures}
    assert refused == {"kubeClientSettings", "enabelSecretMutable"}


@pytest.mark.parametrize(
    ("kubeconfig", "sentence"),
    [
        ("/nowhere/kubeconfig", "it is neither a kubeconfig nor the path of one"),
        ("{}", "it has no context ''"),
        (KUBECONFIG.replace("current-context: first", "current-context: x"), "no context 'x'"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_fails_what_needs_the_cluster(
    kubeconfig: str, sentence: str
) -> None:
    plugin = configured({"kubeconfig": kubeconfig})
    request = provider_pb2.CreateRequest(
        urn=urn("kubernetes:core/v1:ConfigMap"), properties=encode(manifest())
    )
    with pytest.raises(Fault, match=sentence):
        plugin.Create(request, NOTHING)


def test_a_crd_has_its_dashes_for_the_server_and_not_in_the_state() -> None:
    schema = {"openAPIV3Schema": {"x_kubernetes_preserve_unknown_fields": True}}
    inputs = manifest("CustomResourceDefinition", "apiextensions.k8s.io/v1", spec=schema)
    sent = manifests.body(inputs)
    assert sent["spec"]["openAPIV3Schema"] == {"x-kubernetes-preserve-unknown-fields": True}
    assert manifests.state(sent, inputs, "m")["spec"] == schema


def test_no_record_of_what_was_applied_repeats_a_secret() -> None:
    applied = {"kubectl.kubernetes.io/last-applied-configuration": "hunter2", "kept": "a"}
    live = manifest("Secret", data={"p": "aHVudGVyMg=="})
    live["metadata"] |= {"annotations": applied, "managedFields": [{}]}
    kept = manifests.state(live, {}, "m")
    assert kept["data"] == Secret({"p": "aHVudGVyMg=="})
    assert kept["metadata"]["annotations"] == {"kept": "a"}
    assert "managedFields" not in kept["metadata"]


def test_a_refresh_takes_up_changes_and_not_the_servers_spelling() -> None:
    inputs = manifest(spec={"cpu": 0.5, "list": [{"n": 1}], "empty": {}}, stringData={"p": "x"})
    inputs["kind"] = "Secret"
    before = manifest(spec={"cpu": "500m", "list": [{"n": 1, "set": 1}]}, data={"p": "eA=="})
    live = manifest(spec={"cpu": "500m", "list": [{"n": 2, "set": 1}]}, data={"p": "eQ=="})
    read = manifests.live_inputs(live, before, inputs)
    assert read["spec"] == {"cpu": 0.5, "list": [{"n": 2}], "empty": {}}
    assert read["stringData"] == {"p": "y"}


@pytest.mark.parametrize(
    ("expression", "status", "reached", "seen"),
    [
        ("condition=Ready", {}, False, "no condition Ready"),
        (
            "condition=ready",
            {"conditions": [{"type": "Ready", "status": "True"}]},
            True,
            "ready=True",
        ),
        (
            "condition=Ready=False",
            {"conditions": [{"type": "Ready", "status": "False", "reason": "R", "message": "m"}]},
            True,
            "Ready=False (R m)",
        ),
        (
            "condition=Ready",
            {"conditions": [{"type": "Ready", "status": "True", "observedGeneration": 1}]},
            False,
            "Ready=True, of an older generation",
        ),
        ("jsonpath={.status.phase}=Ready", {"phase": "Ready"}, True, "Ready"),
        ("jsonpath={.status.phase}=Ready", {"phase": "Busy"}, False, "Busy"),
        (
            "jsonpath={.status.phase}=Ready",
            {"phase": "Ready", "observedGeneration": 1},
            False,
            "a status of an older generation",
        ),
        ("jsonpath={.status.on}=true", {"on": True}, True, "true"),
        ("jsonpath={.status.ips[0]}", {"ips": ["a"]}, True, "a"),
        ("jsonpath={.status.ips[*]['a.b']}=2", {"ips": [{"a.b": 2}]}, True, "2"),
        (r"jsonpath={$.status.a\.b}", {}, False, "nothing at that path"),
    ],
)
def test_a_wait_is_over_when_its_expression_holds_for_the_newest_generation(
    *, expression: str, status: Obj, reached: bool, seen: str
) -> None:
    made = manifest("Cluster", "postgresql.cnpg.io/v1", status=status)
    made["metadata"] |= {"generation": 2, "annotations": {"pulumi.com/waitFor": expression}}
    (goal,) = goals(made)
    assert goal.judge(made) == (reached, seen)


def test_a_list_of_expressions_is_waited_for_as_a_whole_and_skip_await_for_none() -> None:
    annotations = {"pulumi.com/waitFor": '["condition=A", "jsonpath={.b}"]'}
    made = manifest(metadata={"name": "a", "annotations": annotations})
    assert [goal.label for goal in goals(made)] == ["condition=A", "jsonpath={.b}"]
    annotations["pulumi.com/skipAwait"] = "true"
    assert goals(made) == []


def test_a_deployment_is_waited_for_until_its_newest_pods_are_available() -> None:
    made = manifest("Deployment", "apps/v1", spec={"replicas": 2})
    made["metadata"]["generation"] = 3
    (goal,) = goals(made)
    status = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 1, "observedGeneration": 3}
    reached, seen = goal.judge(made | {"status": status})
    assert not reached
    assert "availableReplicas 1 of 2" in seen
    status["availableReplicas"] = 2
    assert goal.judge(made | {"status": status})[0]
    assert not goal.judge(made | {"status": status | {"observedGeneration": 2}})[0]


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"triggers": ["a"]}, {"triggers": ["b"]}, ["triggers[0]"]),
        ({"triggers": ["a"]}, {"triggers": ["a", UNKNOWN]}, ["triggers[1]"]),
        ({"create": "a"}, {"create": "b"}, []),
        ({"environment": {"A": "1"}}, {"environment": {"A": "2"}}, []),
    ],
)
def test_a_command_is_replaced_for_its_triggers_only(
    old: Obj, new: Obj, replaces: list[str]
) -> None:
    found = diff(Command(), old, new)
    assert found.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(found.replaces) == replaces


def test_a_command_with_an_unknown_way_of_logging_is_refused() -> None:
    _, failures = check(Command(), "command:local:Command", {"logging": "loud"})
    assert failures == ["logging is 'loud', and can be stdoutAndStderr, stdout, stderr, none"]


def test_a_script_that_leaves_a_daemon_behind_does_not_hold_its_command() -> None:
    inputs = {"create": "sleep 600 & echo $!"}
    request = provider_pb2.CreateRequest(
        urn=urn("command:local:Command"), properties=encode(inputs), name="thing"
    )
    before = set(threading.enumerate())
    made = Command().Create(request, NOTHING)
    os.kill(int(plain(decode_struct(made.properties))["stdout"]), signal.SIGKILL)
    for reader in set(threading.enumerate()) - before:
        reader.join()  # a pipe that it leaves open is a warning, and so a failure


def test_installed_plugins_print_their_port_wherever_they_are_started(tmp_path: Path) -> None:
    folder = tmp_path / "with space"
    install(folder, Path(sys.executable))
    install(folder, Path(sys.executable))
    assert sorted(path.name for path in folder.iterdir()) == [
        "pulumi-resource-command",
        "pulumi-resource-kubernetes",
    ]
    # A project may have folders of these names.
    (tmp_path / "tools").mkdir()
    (tmp_path / "kubernetes").mkdir()
    for shim in folder.iterdir():
        with subprocess.Popen(
            [shim], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as started:
            assert started.stdout is not None
            assert int(started.stdout.readline()) > 0
            started.terminate()
