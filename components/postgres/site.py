"""The other site of a database: where its archive is, and which of the two accepts writes.

Sites share no network. Each archives into its own store, and the one that follows replays what it
reads of the other's archive, or of its off-site copy. CloudNativePG calls this a distributed
topology (replica_cluster.md, v1.30.0). docs/decisions/0038 has the reasons.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

import pulumi
from pydantic import Field

from components import kube
from components.kube import Object
from components.kube.store import PodStore
from components.postgres.archive import PLUGIN, archive_folder_is_plain
from components.postgres.generations import MOST, Generation
from components.postgres.recovery import Readable
from components.s3 import ANY_REGION, region_is_a_word
from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import (
    BucketName,
    BucketPath,
    Duration,
    HttpsUrl,
    Name,
    Reason,
    SecretKey,
    seconds,
)

SITE, LOST = "tier0/site", "tier0/site-lost"
"""The label of each Cluster of a database with two sites: `primary` or `replica` for the active
generation, APART for the others; and the annotation that says why the other site is given up."""

APART = "apart"

Role: TypeAlias = Literal["primary", "replica"]

_TOKENS_FIELDS = (
    "latestCheckpointTimelineID",
    "redoWalFile",
    "databaseSystemIdentifier",
    "latestCheckpointREDOLocation",
    "timeOfLatestCheckpoint",
    "operatorVersion",
)


@rule("value")
def promotion_token_is_a_demoted_clusters(token: str) -> Iterator[Fault]:
    """A promotion token is what the operator wrote when it demoted the other site.

    CloudNativePG refuses others (cluster_webhook.go, validatePromotionToken, v1.30.0): base64 of a
    JSON object with what pg_controldata said of the last checkpoint. It is no secret.
    """
    try:
        found = json.loads(base64.b64decode(token, validate=True))
    except (binascii.Error, ValueError):
        found = None
    if not isinstance(found, dict) or not all(found.get(field) for field in _TOKENS_FIELDS):
        shown = token if len(token) <= 40 else f"{token[:40]}..."  # noqa: PLR2004 - of a line
        yield Fault(
            f"'{shown}' is not a promotion token; write the `demotionToken` in the status of the "
            "other site's Cluster"
        )


class SiteArchiveSpec(Spec):
    """Where the other site's archive is read: its object store, or its off-site copy.

    The keys need to list and read, nothing else.
    """

    endpoint: HttpsUrl
    """Address of the object store."""

    bucket: BucketName
    """The bucket."""

    folder: BucketPath | None = None
    """The folder of the bucket that has the server names in it: for an off-site copy the name of
    the archive's bucket. None: the bucket itself."""

    region: Annotated[str, obeys(region_is_a_word)] = ANY_REGION
    """Its region. The replica itself signs for the region of the archive here."""

    secret: Name
    """Secret with the keys, in the database's namespace."""

    access_key: SecretKey = "ACCESS_KEY_ID"
    """The key in the Secret that holds the access key's id."""

    secret_key: SecretKey = "ACCESS_SECRET_KEY"
    """The key in the Secret that holds the access key itself."""

    ca_secret: Name | None = None
    """Secret in the same namespace; its key `ca.crt` holds the CA that signed the store's
    certificate. None: a public CA signed it."""

    @property
    def host(self) -> str:
        """Host of the object store."""
        return urlsplit(self.endpoint).hostname or ""

    @property
    def port(self) -> int:
        """Port of the object store."""
        return urlsplit(self.endpoint).port or 443

    @property
    def destination(self) -> str:
        """Barman's destinationPath."""
        return f"s3://{self.bucket}/{self.prefix}"

    @property
    def prefix(self) -> str:
        """What every key begins with."""
        return f"{self.folder}/" if self.folder else ""

    @property
    def in_pod(self) -> PodStore:
        """It, as a program in a pod uses it."""
        return PodStore(
            endpoint=self.endpoint,
            bucket=self.bucket,
            prefix=self.prefix,
            region=self.region,
            secret=self.secret,
            access_key=self.access_key,
            secret_key=self.secret_key,
            ca=(self.ca_secret, "ca.crt") if self.ca_secret else None,
        )


class SiteSpec(Spec):
    """The other site of a database, and which of the two accepts writes.

    Each site is an environment, with one file. Exactly one of the two files says 'primary', except
    between a demotion and the promotion that follows it, when both say 'replica'.
    """

    role: Role
    """What this site is. 'primary': its active generation accepts writes. 'replica': it replays
    what the other site archives, and may be read."""

    server_name: Annotated[str, obeys(archive_folder_is_plain)]
    """The folder of the other site's archive: the server name of the generation that is active
    there, as `plan` prints its archive."""

    archive: SiteArchiveSpec
    """Where the other site's archive is read."""

    rpo: Duration
    """The longest time for which what the primary acknowledged may be missing where it is read: the
    primary's RPO, and that of the off-site copy if it is one. So much is lost with the other
    site."""

    min_apply_delay: Duration | None = None
    """How long a replica waits before it replays a commit, so that rows can be read as they were
    then. Nothing is lost by it, as a promotion replays the rest first, and takes longer. None: it
    replays what there is."""

    promotion_token: Annotated[str, obeys(promotion_token_is_a_demoted_clusters)] | None = None
    """The `demotionToken` in the status of the other site's Cluster, once that was demoted: this
    site replays everything up to it, and then accepts writes. Nothing is lost."""

    promoted: int | None = Field(default=None, ge=1, le=MOST + 1)
    """The number of the generation that `promotion_token` is for, where that was restored before it
    was demoted. None: the active one, or if that is restored the one that it comes from: a restored
    generation is past the token, and never starts with it."""

    lost: Reason | None = None
    """Why the other site is given up, in place of a token: this site accepts writes once it has
    replayed what is archived. What the other site did not archive is lost, and it can follow only
    by a new generation."""

    @rule("spec")
    def promotion_has_one_ground(self) -> Iterator[Fault]:
        """A promotion has a token or a reason, and a replica has neither.

        CloudNativePG refuses a token for a replica (cluster_webhook.go, validatePromotionToken).
        """
        for field in ("promotion_token", "lost"):
            if self.role == "replica" and getattr(self, field):
                yield Fault("a replica is not promoted; leave it out", (field,))
        if self.promoted and not self.promotion_token:
            yield Fault("there is no promotion_token; leave it out", ("promoted",))
        if self.role == "primary" and self.promotion_token and self.lost:
            yield Fault(
                "the other site was demoted and is given up; leave one of promotion_token and lost "
                "out"
            )


def other_archive(
    name: str,
    object_name: str,
    site: SiteSpec,
    wal: Mapping[str, Any],
    *,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
) -> Readable:
    """Declare the ObjectStore by which the other site's archive is read; nothing is written to it.

    *wal* says how WAL is restored. It must take a `.partial`: a demoted primary archives the
    segment with its last checkpoint as one (replica_cluster.md, "Demoting a Primary to a Replica
    Cluster").
    """
    archive = site.archive
    configuration: dict[str, Any] = {
        "destinationPath": archive.destination,
        "endpointURL": archive.endpoint,
        "s3Credentials": {
            "accessKeyId": {"name": archive.secret, "key": archive.access_key},
            "secretAccessKey": {"name": archive.secret, "key": archive.secret_key},
        },
        "wal": dict(wal),
    }
    if archive.ca_secret:
        configuration["endpointCA"] = {"name": archive.ca_secret, "key": "ca.crt"}
    store = Object(
        name,
        parent=parent,
        api_version="barmancloud.cnpg.io/v1",
        kind="ObjectStore",
        name=object_name,
        namespace=namespace,
        spec={"configuration": configuration},
    )
    return Readable(
        store=kube.after_created(store), configuration=configuration, in_pod=archive.in_pod
    )


def role_of(site: SiteSpec, generation: Generation) -> str:
    """Return the label SITE of a generation's Cluster."""
    return site.role if generation.state == "active" else APART


def topology(
    site: SiteSpec,
    server_name: str,
    *,
    active: bool,
    promoted: bool,
    stores: Mapping[str, pulumi.Input[str]],
    sources: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the part of `Cluster.spec` by which the generation *server_name* leads or follows.

    *stores* are the ObjectStores of its archive and of the other site's, by server name; *sources*
    the entries of `externalClusters` that it has already. One that is not *active* follows nothing:
    it may be stopped, and CloudNativePG ends the fence of what it demotes
    (replicaclusterswitch/reconciler.go, cleanupTransitionMetadata, v1.30.0). The one that was
    *promoted* keeps its token, also once it is stopped: CloudNativePG forgets a token that is left
    out, and gives a Cluster up that gets one from before its last checkpoint (cluster_status.go;
    instance_controller.go, verifyPromotionToken, v1.30.0).
    """
    follows = active and site.role == "replica"
    token = site.promotion_token if promoted else None
    delay = site.min_apply_delay if follows else None
    known = {str(it["name"]): it for it in sources}
    for name, store in stores.items():
        known.setdefault(name, _source(name, store))
    return {
        "replica": {
            "self": server_name,
            "primary": site.server_name if follows else server_name,
            "source": site.server_name,
            **({"promotionToken": token} if token else {}),
            **({"minApplyDelay": _go_duration(seconds(delay))} if delay else {}),
        },
        "externalClusters": [*known.values()],
    }


def _source(server_name: str, store: pulumi.Input[str]) -> dict[str, Any]:
    """Return an entry of `externalClusters`, with the API server's defaults."""
    parameters = {"barmanObjectName": store, "serverName": server_name}
    plugin = {"name": PLUGIN, "parameters": parameters, "enabled": True, "isWALArchiver": False}
    return {"name": server_name, "plugin": plugin}


def _go_duration(length: int) -> str:
    """Return a length of time as Go writes it, which the operator's webhook rewrites others to."""
    minutes, rest = divmod(length, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
