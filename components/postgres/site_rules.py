"""Rules about a database of two sites: what cannot be declared of one, and what cannot change."""

from collections.abc import Iterator, Mapping

from components.kube.change import Manifest, at, text_at
from components.postgres.changes import ClusterChange
from components.postgres.generations import FENCED
from components.postgres.lineage import entry
from components.postgres.site import APART, LOST, SITE
from components.postgres.spec import PostgresSpec
from components.spec.rule import Fault, rule

_PLACE = ("spec", "replica")


@rule("spec", of=PostgresSpec)
def follower_has_another_site(spec: PostgresSpec) -> Iterator[Fault]:
    """A generation that follows another site has one to follow, and is the active one.

    `site` says where the archive is that it was restored from, also once it is promoted. A replica
    that is not active would follow a primary next to the active generation, which accepts writes.
    """
    for it in spec.lineage:
        if it.follows is None or it.state == "removed":
            continue
        if spec.site is None:
            yield Fault(
                "it follows another site, and none is declared; declare site", entry(it.number)
            )
        elif it.state == "candidate":
            yield Fault(
                f"it follows another site, and is not active; write {it.number} in active",
                entry(it.number),
            )


@rule("spec", of=PostgresSpec)
def promoted_follower_has_a_ground(spec: PostgresSpec) -> Iterator[Fault]:
    """A generation that followed another site accepts writes once that site does not.

    With a token the other site was demoted in order; with a reason it is given up. Without either
    both may accept writes, and the two histories never become one again.
    """
    site, current = spec.site, spec.current
    if site is None or current.follows is None or site.role == "replica":
        return
    if not (site.promotion_token or site.lost):
        yield Fault(
            f"generation {current.number} follows the other site, which may still accept writes; "
            "write its promotion_token, or in lost why that site is gone",
            ("site",),
        )


@rule("spec", of=PostgresSpec)
def promoted_generation_is_declared(spec: PostgresSpec) -> Iterator[Fault]:
    """A promotion token is for a generation that is declared.

    It would be given to none, and the site stay a replica.
    """
    site, last = spec.site, len(spec.lineage)
    if site and site.promoted and site.promoted > last:
        yield Fault(
            f"generation {site.promoted} is not declared; write "
            f"{'1' if last == 1 else f'1 to {last}'}, or leave it out",
            ("site", "promoted"),
        )


@rule("spec", of=PostgresSpec)
def site_archives_by_the_plugin(spec: PostgresSpec) -> Iterator[Fault]:
    """A database of two sites archives by the plugin.

    In-tree CloudNativePG 1.30.0 ignores Barman's further arguments in a recovery (restore.go,
    getRestoreWalConfig), and the method ends with 1.31.
    """
    if spec.site and spec.backup.method == "in-tree":
        yield Fault(
            "method 'in-tree' is not for two sites; write method 'plugin'", ("backup", "method")
        )


@rule("spec", of=PostgresSpec)
def sites_have_two_server_names(spec: PostgresSpec) -> Iterator[Fault]:
    """The archives of two sites have two server names.

    By them CloudNativePG tells the sites apart, and an archive that is restored from is never
    written to, in whichever bucket.
    """
    own = spec.server_names
    if spec.site and spec.site.server_name in own:
        yield Fault(
            f"'{spec.site.server_name}' is an archive of this site; write another cluster at one "
            "of the two",
            ("site", "server_name"),
        )
    for it in spec.lineage:
        if it.follows and it.follows.server_name in own:
            yield Fault(
                f"'{it.follows.server_name}' is an archive of this site; write that of the other",
                entry(it.number, "server_name"),
            )


def is_replica(manifest: Manifest) -> bool:
    """Return whether a Cluster follows another site (cluster_funcs.go, IsReplica, v1.30.0)."""
    replica = at(manifest, *_PLACE)
    if not isinstance(replica, Mapping):
        return False
    if replica.get("enabled") is not None:
        return bool(replica["enabled"])
    own = text_at(replica, "self") or text_at(manifest, "metadata", "name")
    return own != text_at(replica, "primary")


def _fenced(manifest: Manifest) -> bool:
    return bool(text_at(manifest, "metadata", "annotations", FENCED))


def _apart(change: ClusterChange) -> bool:
    """Return whether it was not the active generation, or is not to run."""
    return text_at(change.old, "metadata", "labels", SITE) == APART or _fenced(change.new)


@rule("change", of=ClusterChange)
def promotion_has_a_ground(change: ClusterChange) -> Iterator[Fault]:
    """A replica is promoted with the token of a demoted primary, or as that is given up.

    A promotion is final: the replica leaves the history that it followed. What leaves `site` out
    promotes it too. A stopped one is not promoted, as its PostgreSQL does not run.
    """
    if not is_replica(change.old) or is_replica(change.new) or _fenced(change.new):
        return
    token = text_at(change.new, *_PLACE, "promotionToken")
    if not token and not text_at(change.new, "metadata", "annotations", LOST):
        yield Fault(
            "it follows another site, which may still accept writes; write its promotion_token in "
            "site, and in promoted the number of a generation that was restored, or in lost why "
            "that site is gone",
            _PLACE,
        )


@rule("change", of=ClusterChange)
def only_the_active_one_is_demoted(change: ClusterChange) -> Iterator[Fault]:
    """What becomes a replica was the active generation before.

    Another one has a history that the other site does not continue, and CloudNativePG ends the
    fence of one that is stopped (replicaclusterswitch/reconciler.go, v1.30.0).
    """
    if not is_replica(change.old) and is_replica(change.new) and _apart(change):
        yield Fault(
            "it was not active, and its history is not the other site's; add FollowSpec to "
            "generations, and make that one active",
            _PLACE,
        )


@rule("change", of=ClusterChange)
def follower_keeps_its_source(change: ClusterChange) -> Iterator[Fault]:
    """A replica follows the archive that it follows so far.

    Another generation of the other site has another history: PostgreSQL ends with "requested
    timeline is not a child of this server's history", or waits for WAL that never comes.
    """
    before, after = change.texts(*_PLACE, "source")
    if is_replica(change.old) and is_replica(change.new) and before != after:
        yield Fault(
            f"it follows '{before}', and '{after}' has another history; add FollowSpec(server_name="
            f"'{after}') to generations, and make that one active",
            (*_PLACE, "source"),
        )


@rule("change", of=ClusterChange)
def replica_is_not_upgraded(change: ClusterChange) -> Iterator[Fault]:
    """A replica stays of the major version that it replays.

    pg_upgrade makes another database system, which replays no WAL of the one that it followed.
    """
    if is_replica(change.new) and (found := change.upgrade):
        before, after = found
        yield Fault(
            f"PostgreSQL {before.major} becomes {after.major} in a replica; upgrade the other site,"
            " then add FollowSpec to generations, and make that one active",
            ("spec", "imageName"),
        )


@rule("consequence", of=ClusterChange)
def demotion_ends_writes(change: ClusterChange) -> Iterator[Fault]:
    """A primary that is demoted accepts no writes until another one is promoted.

    It stops, archives its last WAL, and then follows (replica_cluster.md, "Demoting a Primary to a
    Replica Cluster").
    """
    if is_replica(change.old) or not is_replica(change.new) or _apart(change):
        return
    name, namespace = (text_at(change.new, "metadata", it) for it in ("name", "namespace"))
    yield Fault(
        "it accepts no writes any more, and follows the other site; write in promotion_token of "
        f"that site what `kubectl -n {namespace} get cluster {name} -o "
        "jsonpath={.status.demotionToken}` prints",
        _PLACE,
    )


@rule("consequence", of=ClusterChange)
def promotion_begins_writes(change: ClusterChange) -> Iterator[Fault]:
    """A replica that is promoted accepts writes, and the other site must not.

    With a token CloudNativePG waits until everything up to the demotion is replayed. Without one it
    replays what is archived; the other site cannot follow but by a new generation. Either way
    PostgreSQL restarts once afterwards, as a replica has `archive_mode=always` and a primary `on`
    (pkg/postgres/configuration.go, v1.30.0); where the operator had to wait for the token, with the
    next reload of the configuration only (instance_controller.go).
    """
    if not is_replica(change.old) or is_replica(change.new) or _fenced(change.new):
        return
    if text_at(change.new, *_PLACE, "promotionToken"):
        yield Fault(
            "it accepts writes once it has replayed all that the other site archived before it was "
            "demoted, and restarts once with the next reload of its configuration; have clients "
            "use it",
            _PLACE,
        )
    elif text_at(change.new, "metadata", "annotations", LOST):
        yield Fault(
            "it accepts writes without what the other site did not archive, and restarts once "
            "after that; see that nothing writes there any more, and have clients use it",
            _PLACE,
        )
