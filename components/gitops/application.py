"""Argo CD's part: the project and the application that apply an environment from Git.

Argo CD itself, its CRDs and its namespace must exist. The objects here say where the rendered tree
is and what may be applied from it; the objects in the tree belong to Argo CD and no longer to
Pulumi (docs/decisions/0015). HEALTH is configured once, where Argo CD is installed.
"""

import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import pulumi

from components.kube import Component, Object
from components.spec import Spec
from components.spec.addresses import IPV6, PORT
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Name

_API = "argoproj.io/v1alpha1"
_HERE = "https://kubernetes.default.svc"
"""The cluster that Argo CD runs in, under Argo CD's name for it."""

# Without a path it means the same (argo-cd, appcontroller.go, finalizeApplicationDeletion), but the
# API server warns of a name that has none.
_FINALIZER = "resources-finalizer.argocd.argoproj.io/foreground"

CLUSTER_KINDS = (
    ("", "Namespace"),
    ("cert-manager.io", "ClusterIssuer"),
    ("storage.k8s.io", "StorageClass"),
)
"""API group and kind of every cluster-scoped object in a tree."""

SNAPSHOT_CLASS = ("snapshot.storage.k8s.io", "VolumeSnapshotClass")
"""The one that is only in the tree of an environment with snapshots."""

POLICY_KINDS = (
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
)
"""Those that are only in the tree of an environment with a restored generation."""

_HOST = rf"([A-Za-z0-9][-A-Za-z0-9.]*|{IPV6})"
_PORT = rf"(:{PORT})?"
_FOLDERS = r"[-\w.~]+(/[-\w.~]+)*/?"
_REPOSITORY = re.compile(
    rf"(https://{_HOST}{_PORT}/{_FOLDERS}"
    rf"|ssh://[-\w.]+@{_HOST}{_PORT}/{_FOLDERS}"
    rf"|[-\w.]+@{_HOST}:{_FOLDERS})"
)


@rule("value", was="T501")
def repository_address_is_safe(value: str) -> Iterator[Fault]:
    """A repository is reached by HTTPS or SSH, and its address holds no password.

    The address is stored in the Application, which every reader of Argo CD's objects sees.
    """
    if re.match(r"\w+://[^/]*:[^/]*@|https?://[^/]*@|.*\?", value):
        # The value is not repeated: it may hold a password.
        yield Fault(
            "the address holds a user or a password, which would be stored and shown; write it "
            "without them, and give Argo CD a repository Secret"
        )
    elif not _REPOSITORY.fullmatch(value):
        yield Fault(
            f"'{value}' is not a repository over HTTPS or SSH; write 'https://<host>/<path>' or "
            "'ssh://git@<host>/<path>'"
        )


@rule("value", was="T502")
def path_is_inside_repository(value: str) -> Iterator[Fault]:
    """A tree's folder is a path from the repository's root.

    Argo CD refuses a path that leads out of it (argo-cd, util/io/path).
    """
    parts = value.split("/")
    if not re.fullmatch(_FOLDERS, value) or value.endswith("/") or {".", ".."} & set(parts):
        yield Fault(
            f"'{value}' is not a folder in a repository; write its path from the repository's "
            "root, like 'rendered/homelab'"
        )


@rule("value", was="T503")
def revision_is_valid(value: str) -> Iterator[Fault]:
    """A revision is a branch, a tag or a commit.

    Anything else resolves to nothing, and the Application stays Unknown.
    """
    if not re.fullmatch(r"[A-Za-z0-9][-\w./]*", value):
        yield Fault(f"'{value}' is not a revision; write a branch, a tag or a commit")


@rule("value", was="T504")
def sealing_certificate_is_valid(value: str | None) -> Iterator[Fault]:
    """A sealing certificate is one certificate in PEM, without its key.

    With the key every reader of Git opens every SealedSecret; of several, kubeseal takes the first.
    """
    fix = "write what `kubeseal --fetch-cert` prints"
    if value is None:
        return
    if "PRIVATE KEY" in value:
        yield Fault(f"it holds a private key, which must never be in Git; {fix}")
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=value)
    except (ValueError, TypeError, ssl.SSLError):  # TypeError: a letter that is not ASCII
        yield Fault(f"it is not a certificate in PEM; {fix}")
        return
    if value.count("BEGIN CERTIFICATE") > 1:
        yield Fault("it holds several certificates; write only the newest")


class GitOpsSpec(Spec):
    """Where Argo CD finds the rendered tree of the environment, which it then applies and owns."""

    repository: Annotated[str, obeys(repository_address_is_safe)]
    """Git repository over HTTPS or SSH, without user name and password."""

    path: Annotated[str, obeys(path_is_inside_repository)]
    """Folder of the tree in the repository: what `render --out` wrote, and nothing else."""

    revision: Annotated[str, obeys(revision_is_valid)] = "main"
    """Branch, tag or commit."""

    name: Name = "tier0"
    """Name of the AppProject and of the Application."""

    namespace: Name = "argocd"
    """Argo CD's namespace."""

    sealing_certificate: Annotated[str, obeys(sealing_certificate_is_valid)] | None = None
    """The sealed-secrets controller's certificate in PEM, so that sealing needs no network; none
    means that Secrets are not sealed. It is public."""


class GitOps(Component):
    """An AppProject that admits only the environment, and the Application of its tree."""

    def __init__(
        self,
        name: str,
        spec: GitOpsSpec,
        *,
        namespaces: Iterable[str],
        snapshots: bool,
        policies: bool,
        within: int,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare both; *within* seconds the whole tree is applied and healthy.

        *snapshots*: a VolumeSnapshotClass is in it; *policies*: a policy about generations is.
        """
        super().__init__("tier0:gitops:GitOps", name, opts=opts)
        project = Object(
            f"{name}-project",
            parent=self,
            api_version=_API,
            kind="AppProject",
            name=spec.name,
            namespace=spec.namespace,
            spec=app_project(spec, namespaces, snapshots=snapshots, policies=policies),
        )
        Object(
            f"{name}-application",
            parent=self,
            api_version=_API,
            kind="Application",
            name=spec.name,
            namespace=spec.namespace,
            spec=application(spec, project.name),
            # Without it Argo CD compares with what webhooks have filled in, and never agrees.
            annotations={"argocd.argoproj.io/compare-options": "ServerSideDiff=true"},
            # With a finalizer its deletion also deletes every object.
            finalizers=() if keep else (_FINALIZER,),
            within=within,
        )


def app_project(
    spec: GitOpsSpec, namespaces: Iterable[str], *, snapshots: bool, policies: bool
) -> Mapping[str, Any]:
    """Return `AppProject.spec`: one repository, *namespaces*, and no plain Secret from Git."""
    kinds = [*CLUSTER_KINDS]
    kinds += [SNAPSHOT_CLASS] if snapshots else []
    kinds += POLICY_KINDS if policies else []
    return {
        "description": "The environment that tier0 renders",
        "sourceRepos": [spec.repository],
        "destinations": [{"server": _HERE, "namespace": name} for name in sorted(namespaces)],
        "clusterResourceWhitelist": [{"group": group, "kind": kind} for group, kind in kinds],
        "namespaceResourceBlacklist": [{"group": "", "kind": "Secret"}],
    }


def application(spec: GitOpsSpec, project: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return `Application.spec`.

    An object that left the tree is pruned, except those that hold data: each of them carries
    `Prune=false,Delete=false`. An empty tree prunes nothing (`allowEmpty` is false by default).
    """
    return {
        "project": project,
        "source": {
            "repoURL": spec.repository,
            "path": spec.path,
            "targetRevision": spec.revision,
        },
        "destination": {"server": _HERE},
        "syncPolicy": {
            "automated": {"prune": True, "selfHeal": True},
            "syncOptions": [
                # Fields that an operator sets in an object stay as they are.
                "ServerSideApply=true",
                # An object of another Application is a fault, not a tug-of-war.
                "FailOnSharedResource=true",
                "PruneLast=true",
            ],
            # Argo CD does not retry a failed revision once these are used up. Hence no limit (-1):
            # a cluster that comes back after hours must continue by itself.
            "retry": {
                "limit": -1,
                "backoff": {"duration": "10s", "factor": 2, "maxDuration": "10m"},
            },
        },
    }
