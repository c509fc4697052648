"""What can be said of a Kubernetes manifest without a cluster: names, differences, readiness.

Facts about the real plugin are from pulumi-kubernetes, with the file they were read in.
"""

# ruff: noqa: SIM905 - as lists, the tables of words would be two hundred lines.

import base64
import hashlib
import secrets
import string
from collections.abc import Callable, Iterator, Sequence

from tools.engine.plugins.properties import UNKNOWN, Change, Obj, Secret, Tree, has_secret, plain

AUTONAMED = "pulumi.com/autonamed"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

# provider/pkg/provider/provider.go, normalizeInputs
SERVER_METADATA = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)

CLUSTER_SCOPED = frozenset(
    "APIService CertificateSigningRequest ClusterRole ClusterRoleBinding ClusterTrustBundle "
    "CSIDriver CSINode CustomResourceDefinition DeviceClass FlowSchema IngressClass IPAddress "
    "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration "
    "Namespace Node PersistentVolume PriorityClass PriorityLevelConfiguration ResourceSlice "
    "RuntimeClass ServiceCIDR StorageClass StorageVersion ValidatingAdmissionPolicy "
    "ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment "
    "VolumeAttributesClass".split()
)
"""Kinds of Kubernetes itself that have no namespace; of other groups the cluster is asked."""

_CONTAINER = (
    "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources "
    "securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy tty "
    "volumeDevices volumeMounts workingDir"
).split()
_POD = (
    "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases "
    "hostIPC hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector overhead "
    "preemptionPolicy priority priorityClassName readinessGates restartPolicy runtimeClassName "
    "schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace "
    "subdomain terminationGracePeriodSeconds volumes"
).split()
_VOLUME = (
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker "
    "gcePersistentDisk glusterfs hostPath iscsi local nfs photonPersistentDisk portworxVolume "
    "quobyte rbd scaleIO storageos vsphereVolume"
).split()


def _spec(*fields: str) -> list[str]:
    return [f"spec.{field}" for field in fields]


FORCE_NEW: dict[tuple[str, str], list[str]] = {
    ("", "PersistentVolume"): _spec(*_VOLUME),
    ("", "PersistentVolumeClaim"): _spec(
        "accessModes", "selector", "storageClassName", "volumeName"
    ),
    ("", "Pod"): _spec(
        *_POD,
        *(f"containers.*.{field}" for field in _CONTAINER),
        *(f"initContainers.*.{field}" for field in _CONTAINER),
    ),
    ("", "ResourceQuota"): _spec("scopes"),
    ("", "Service"): _spec("clusterIP"),
    ("apps", "DaemonSet"): _spec("selector"),
    ("apps", "Deployment"): _spec("selector"),
    ("apps", "StatefulSet"): _spec(
        "podManagementPolicy",
        "revisionHistoryLimit",
        "selector",
        "serviceName",
        "volumeClaimTemplates",
    ),
    ("batch", "Job"): _spec("completions", "parallelism", "selector", "template"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ["roleRef"],
    ("rbac.authorization.k8s.io", "RoleBinding"): ["roleRef"],
    ("storage.k8s.io", "StorageClass"): ["parameters", "provisioner"],
}
"""Properties a change of which makes a new object (provider/pkg/provider/diff.go)."""

NO_DELETE_WAIT = frozenset(
    "DaemonSet Deployment Job Namespace Pod ReplicationController StatefulSet".split()
)
"""Kinds whose deletion skipAwait does not wait for (provider/pkg/metadata/overrides.go)."""


def group_of(api_version: str) -> str:
    """`apps` of `apps/v1`, and nothing of `v1`."""
    return api_version.rpartition("/")[0]


def builtin(api_version: str) -> bool:
    """Whether this is a group of Kubernetes itself, whose kinds and scopes are known."""
    group = group_of(api_version)
    return "." not in group or group.endswith(".k8s.io")


def metadata(manifest: Obj) -> Obj:
    """Return the metadata of *manifest*, or none where it is missing or not known yet."""
    found = manifest.get("metadata")
    return found if isinstance(found, dict) else {}


def annotation(manifest: Obj, name: str) -> str:
    """Return the value of an annotation, empty where it is missing or not known yet."""
    found = metadata(manifest).get("annotations")
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) else ""


def annotate(manifest: Obj, name: str, value: str) -> None:
    """Set an annotation, unless the annotations themselves are not known yet."""
    annotations = metadata(manifest).setdefault("annotations", {})
    if isinstance(annotations, dict):
        annotations[name] = value


def identity(manifest: Obj) -> str:
    """Return the id of an object, `namespace/name`, or `name`."""
    found = metadata(manifest)
    namespace = found.get("namespace")
    return f"{namespace}/{found['name']}" if namespace else str(found["name"])


def title(manifest: Obj) -> str:
    """Return what an object is called in a sentence."""
    return f"{manifest.get('kind')} {identity(manifest)}"


def suffixed(name: str, seed: bytes) -> str:
    """*name* with eight letters and digits that *seed* decides, as Pulumi names things."""
    letters = string.ascii_lowercase + string.digits
    digest = hashlib.sha256(seed or secrets.token_bytes(32)).digest()
    return f"{name}-" + "".join(letters[byte % len(letters)] for byte in digest[:8])


def renamed_keys(tree: Tree, old: str, new: str) -> Tree:
    """*tree* with the `x-kubernetes-` keys of a CRD in the other spelling.

    The SDKs cannot have a dash in a property (provider/pkg/provider/provider.go,
    underscoreToDashMap).
    """
    if isinstance(tree, dict):
        return {
            key.replace(old, new) if key.startswith(f"x{old}kubernetes{old}") else key: (
                renamed_keys(value, old, new)
            )
            for key, value in tree.items()
        }
    return [renamed_keys(item, old, new) for item in tree] if isinstance(tree, list) else tree


def body(inputs: Obj) -> Obj:
    """Return what is sent to the API server for *inputs*.

    A Secret's `stringData` goes into `data`, as the server would do: only so does a key that is
    dropped from it go away (provider/pkg/clients/unstructured.go, normalizeSecret).
    """
    sent: Obj = dict(renamed_keys(inputs, "_", "-") if _is_crd(inputs) else inputs)
    sent["metadata"] = {k: v for k, v in metadata(inputs).items() if k not in SERVER_METADATA}
    if inputs["kind"] == "Secret" and sent.get("stringData"):
        texts = sent.pop("stringData")
        encoded = {k: base64.b64encode(v.encode()).decode() for k, v in texts.items()}
        sent["data"] = (sent.get("data") or {}) | encoded
    return sent


def _is_crd(manifest: Obj) -> bool:
    return manifest.get("kind") == "CustomResourceDefinition"


def live_inputs(live: Obj, before: Obj, inputs: Obj) -> Obj:
    """Return *inputs* with what has changed in the cluster since it looked like *before*.

    Where nothing has changed the program's own spelling stays, although the API server has
    another (0.5 for 500m). With no inputs, for an import, everything that is set is an input.
    """
    if not inputs:
        read: Obj = {key: value for key, value in live.items() if key != "status"}
        read["metadata"] = {k: v for k, v in metadata(live).items() if k not in SERVER_METADATA}
        return read
    if inputs.get("kind") == "Secret":
        live, before = _with_string_data(live), _with_string_data(before)
    changed: Obj = _changed(live, before, inputs)
    return changed


def _with_string_data(secret: Obj) -> Obj:
    data = secret.get("data") or {}
    texts = {key: base64.b64decode(value).decode(errors="replace") for key, value in data.items()}
    return secret | {"stringData": texts}


def _changed(live: Tree, before: Tree, inputs: Tree) -> Tree:
    if isinstance(live, dict) and isinstance(inputs, dict):
        was = before if isinstance(before, dict) else {}
        return {
            key: _changed(live.get(key), was.get(key), value)
            for key, value in inputs.items()
            if key in live or key not in was
        }
    if live == before:
        return inputs
    if isinstance(live, list) and isinstance(inputs, list):
        paired = isinstance(before, list) and len(before) == len(live)
        items = before if paired else [None] * len(live)
        return [_changed(*three) for three in zip(live, items, inputs, strict=False)]
    return live


def without_noise(live: Obj) -> Obj:
    """*live* without the records of who set which field, one of which repeats a Secret's data."""
    kept = {key: value for key, value in metadata(live).items() if key != "managedFields"}
    if LAST_APPLIED in (kept.get("annotations") or {}):
        kept["annotations"] = {k: v for k, v in kept["annotations"].items() if k != LAST_APPLIED}
    return live | {"metadata": kept}


def marked(out: Tree, source: Tree) -> Tree:
    """*out* with everything secret that is so in *source*, and the data of a Secret anyway.

    A list with one secret in it becomes secret as a whole, because the server may order it again
    (provider/pkg/provider/provider.go, annotateSecrets).
    """
    if not isinstance(out, dict):
        return Secret(out) if has_secret(source) else out
    if isinstance(source, Secret):
        return Secret(out)
    of = source if isinstance(source, dict) else {}
    result = {key: marked(value, of.get(key)) for key, value in out.items()}
    if out.get("kind") == "Secret":
        for key in ("data", "stringData"):
            if key in result and not isinstance(result[key], Secret):
                result[key] = Secret(out[key])
    return result


def state(live: Obj, inputs: Tree, manager: str) -> Obj:
    """Return the object as it is kept in the stack's state.

    Its three private fields are those of the real plugin, which can so take a stack over
    (provider/pkg/provider/provider.go, checkpointObject).
    """
    shown = without_noise(live)
    if _is_crd(live):
        shown = renamed_keys(shown, "-", "_")
    kept: Obj = marked(shown, inputs)
    return kept | {
        "__inputs": marked(plain(inputs), inputs),
        "__initialApiVersion": live["apiVersion"],
        "__fieldManager": manager,
    }


def planned(live: Obj | None, inputs: Tree, before: Obj, manager: str) -> Obj:
    """Return the state that a preview expects, with *live* for what the API server tried.

    What only the server sets is unknown, and of a new object also who it is: the engine would
    take a value that is left out for known, and empty.
    """
    plan: Obj = dict(inputs) if live is None else state(live, inputs, manager)
    plan.pop("status", None)
    known = {key: metadata(before).get(key, UNKNOWN) for key in ("uid", "creationTimestamp")}
    if isinstance(plan.get("metadata"), dict):
        known |= {"resourceVersion": UNKNOWN, "generation": UNKNOWN}
        plan["metadata"] = plan["metadata"] | known
    return plan


def forces_new(
    inputs: Obj, old: Obj, *, secret_mutable: bool, config_mutable: bool
) -> Callable[[Change], bool]:
    """Tell of a change between *old* and *inputs* whether it makes a new object.

    A change of the kind or of the API group does too; the real plugin meets neither, because
    they are in the type of the resource.
    """
    group, kind = group_of(inputs["apiVersion"]), inputs["kind"]
    patterns = ["metadata.name", "metadata.namespace", "kind"]
    if group != group_of(old.get("apiVersion") or inputs["apiVersion"]):
        patterns.append("apiVersion")
    frozen = inputs.get("immutable") is True
    if (group, kind) == ("", "Secret"):
        patterns += ["type"] if secret_mutable and not frozen else ["type", "data", "stringData"]
    elif (group, kind) == ("", "ConfigMap"):
        patterns += [] if config_mutable and not frozen else ["data", "binaryData"]
    else:
        patterns += FORCE_NEW.get((group, kind), [])
    split = [pattern.split(".") for pattern in patterns]
    return lambda change: any(_touches(change, pattern) for pattern in split)


def _touches(change: Change, pattern: Sequence[str]) -> bool:
    path = ["*" if isinstance(part, int) else part for part in change.path]
    shared = min(len(path), len(pattern))
    if path[:shared] != pattern[:shared]:
        return False
    rest = pattern[shared:]
    return not rest or any(True for _ in select(change.value, rest))


def select(tree: Tree, path: Sequence[str | int]) -> Iterator[Tree]:
    """Every value of *tree* at *path*, in which `*` stands for each item of a list or mapping."""
    if not path:
        yield tree
        return
    first, rest = path[0], path[1:]
    if first == "*":
        for item in tree.values() if isinstance(tree, dict) else tree or []:
            yield from select(item, rest)
    elif isinstance(first, int):
        if isinstance(tree, list) and -len(tree) <= first < len(tree):
            yield from select(tree[first], rest)
    elif isinstance(tree, dict) and first in tree:
        yield from select(tree[first], rest)
