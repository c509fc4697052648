"""What a program declares, as a preview shows it to a policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from components.postgres.archive import PLUGIN

CNPG, BARMAN, ROOK = "postgresql.cnpg.io", "barmancloud.cnpg.io", "ceph.rook.io"

CLUSTER = f"Cluster.{CNPG}"

UNKNOWN: Any = object()
"""A value that exists only after `pulumi up`: it is there, and no rule judges it."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A Kubernetes object that a program declares."""

    urn: str
    manifest: Mapping[str, Any]
    """It, with UNKNOWN for what a preview does not know."""

    protected: bool = False
    """Whether Pulumi refuses to delete it (`protect`)."""

    @property
    def kind(self) -> str:
        """Its kind with the API group: `Cluster.postgresql.cnpg.io`; `Namespace` has none."""
        group = self.text("apiVersion").rpartition("/")[0]
        return ".".join(filter(None, (self.text("kind"), group)))

    @property
    def name(self) -> str:
        """Its `metadata.name`, or its name in the program, where Pulumi makes one up."""
        return self.text("metadata", "name") or self.urn.rpartition("::")[2]

    @property
    def namespace(self) -> str:
        """Its `metadata.namespace`."""
        return self.text("metadata", "namespace") or "default"

    @property
    def label(self) -> str:
        """How a line names it: `Cluster n8n-prod/n8n`."""
        inside = self.text("metadata", "namespace")
        return f"{self.text('kind')} {f'{inside}/' if inside else ''}{self.name}"

    def at(self, *path: str) -> Any:  # noqa: ANN401 - a manifest is JSON
        """Return what is at *path*; None where there is nothing, UNKNOWN below what is unknown."""
        return at(self.manifest, *path)

    def text(self, *path: str) -> str:
        """Return the text at *path*; empty where there is none, or it is not known yet."""
        return text(self.manifest, *path)

    def items(self, *path: str) -> list[Mapping[str, Any]]:
        """Return the objects of the list at *path*."""
        found = self.at(*path)
        listed = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
        return [it for it in listed if isinstance(it, Mapping)]


@dataclass(frozen=True, kw_only=True)
class Program:
    """All that a program declares, and what the policy that judges it was told."""

    resources: Sequence[Resource]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def clusters(self) -> list[Resource]:
        """The Clusters of CloudNativePG."""
        return [it for it in self.resources if it.kind == CLUSTER]


def at(tree: object, *path: str) -> Any:  # noqa: ANN401 - as above
    """Return what is at *path* of *tree*, as `Resource.at` does."""
    for key in path:
        if tree is UNKNOWN:
            return UNKNOWN
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def text(tree: object, *path: str) -> str:
    """Return the text at *path* of *tree*, as `Resource.text` does."""
    found = at(tree, *path)
    return found if isinstance(found, str) else ""


@dataclass(frozen=True, kw_only=True)
class Store:
    """Barman's configuration of one archive, and where it stands."""

    place: tuple[str, ...]
    configuration: Mapping[str, Any]


def stores(resource: Resource) -> list[Store]:
    """Return each of Barman's configurations in *resource*."""
    if resource.kind == f"ObjectStore.{BARMAN}":
        own: tuple[str, ...] = ("spec", "configuration")
        places = [(own, resource.at(*own))]
    elif resource.kind == CLUSTER:
        own = ("spec", "backup", "barmanObjectStore")
        places = [(own, resource.at(*own))]
        places += [
            (("spec", "externalClusters", text(it, "name"), "barmanObjectStore"), found)
            for it in resource.items("spec", "externalClusters")
            if (found := at(it, "barmanObjectStore"))
        ]
    else:
        return []
    return [
        Store(place=place, configuration=found)
        for place, found in places
        if isinstance(found, Mapping)
    ]


def archiver(cluster: Resource) -> Mapping[str, Any] | None:
    """Return the plugin that archives the WAL of *cluster*; None where none is designated."""
    for plugin in cluster.items("spec", "plugins"):
        if at(plugin, "isWALArchiver") is True and at(plugin, "enabled") is not False:
            return plugin
    return None


def server_name(cluster: Resource) -> str:
    """Return the folder that *cluster* archives to; empty if it has none, or it is not known."""
    plugin = archiver(cluster)
    found = cluster.at("spec", "backup", "barmanObjectStore")
    if plugin is not None:
        named = at(plugin, "parameters", "serverName")
    elif isinstance(found, Mapping):
        named = at(found, "serverName")
    else:
        return ""
    named = cluster.name if named is None else named
    return named if isinstance(named, str) else ""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """Where a Cluster archives to."""

    server_name: str
    """Its folder; empty where it is not known yet."""

    retention: Any
    """`retentionPolicy`, None where there is none."""

    configuration: Mapping[str, Any]

    owner: Resource
    """The object with `retentionPolicy`: the ObjectStore, or the Cluster itself."""

    @property
    def url(self) -> str:
        """The folder's URL; empty where it is not known yet."""
        bucket = text(self.configuration, "destinationPath").rstrip("/")
        return f"{bucket}/{self.server_name}/" if bucket and self.server_name else ""

    @property
    def place(self) -> tuple[str, str]:
        """What no two Clusters may share: the store, and the URL in it."""
        return text(self.configuration, "endpointURL").rstrip("/").lower(), self.url


def archive(cluster: Resource, program: Program) -> Archive | None:
    """Return the archive of *cluster*; None where it has none, or *program* does not declare it."""
    plugin = archiver(cluster)
    if plugin and text(plugin, "name") == PLUGIN:
        called = text(plugin, "parameters", "barmanObjectName")
        for it in program.resources:
            whole = (it.kind, it.namespace, it.name)
            if whole == (f"ObjectStore.{BARMAN}", cluster.namespace, called):
                return _archive(cluster, it, "spec")
    found = cluster.at("spec", "backup", "barmanObjectStore")
    if isinstance(found, Mapping):
        return _archive(cluster, cluster, "spec", "backup")
    return None


def _archive(cluster: Resource, owner: Resource, *above: str) -> Archive:
    field = "configuration" if owner is not cluster else "barmanObjectStore"
    found = owner.at(*above, field)
    return Archive(
        server_name=server_name(cluster),
        retention=owner.at(*above, "retentionPolicy"),
        configuration=found if isinstance(found, Mapping) else {},
        owner=owner,
    )
