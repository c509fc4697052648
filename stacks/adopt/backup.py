"""When base backups and snapshots of a Cluster are made, and the whole of its `backup`."""

from collections.abc import Sequence
from typing import Any

from components.ceph.buckets import BucketClaimSpec, ExistingBucketSpec
from components.postgres import BackupSpec, SnapshotsSpec
from components.postgres.archive import PLUGIN
from stacks.adopt.amounts import schedule
from stacks.adopt.archive import Archive, stored
from stacks.adopt.document import Document

Made = dict[str, Any]

SCHEDULE = "0 2 * * *"
"""When base backups are made where nothing says it."""


def backup(
    cluster: Document, archive: Archive | None, schedules: Sequence[Document], *, claims: bool
) -> Made:
    """Return the `backup` and `snapshots` of a database.

    *claims*: the store is one whose buckets are claimed, so that one can be made.
    """
    made = stored(archive) if archive else _new(cluster, claims=claims)
    snapshots = None
    # The one first that has the name which tier0 gives.
    for planned in sorted(schedules, key=lambda it: it.name != f"{cluster.name}-backup"):
        spec = planned.spec
        if spec.at("method") == "plugin" and spec.at("pluginConfiguration", "name") != PLUGIN:
            planned.say("kept out", (), "its plugin is not Barman's; keep this object")
            planned.taken.add(("spec",))
        elif spec.at("method") == "volumeSnapshot":
            snapshots = _snapshots(cluster, planned, snapshots)
        elif "schedule" in made:
            planned.say("kept out", (), "a database has one schedule of base backups; delete it")
            planned.taken.add(("spec",))
        else:
            made |= _scheduled(planned)
    if "schedule" not in made:
        made["schedule"] = SCHEDULE
        cluster.say(
            "changed",
            (),
            f"backup: there is no ScheduledBackup; tier0 makes a base backup at '{SCHEDULE}', and "
            "one at once",
        )
    target = cluster.spec.word("backup", "target", of=("primary",))
    if target and "target" not in made:
        made["target"] = "primary"
    return {"backup": BackupSpec(**made)} | ({"snapshots": snapshots} if snapshots else {})


def _new(cluster: Document, *, claims: bool) -> Made:
    name = f"{cluster.name}-backups"
    where: Any = (
        BucketClaimSpec(bucket=f"{cluster.namespace}-{name}"[:63], claim=name)
        if claims
        else ExistingBucketSpec(bucket=f"{cluster.namespace}-{name}"[:63], secret=name)
    )
    cluster.say(
        "changed",
        (),
        f"backup: nothing is archived; tier0 archives to the bucket '{where.bucket}', whose name "
        "and keys are yours to choose",
    )
    return {"bucket": where, "retention": "30d"}


def _scheduled(planned: Document) -> Made:
    spec = planned.spec
    given = spec.text("schedule") or ""
    found, said = schedule(given)
    if found is None:
        spec.changed(("schedule",), f"becomes '{SCHEDULE}': {said}")
    elif said:
        spec.changed(("schedule",), f"becomes '{found}': {said}")
    if spec.flag("suspend"):
        spec.changed(("suspend",), "true becomes false; base backups are made again")
    if spec.flag("immediate") is not True:
        spec.changed(("immediate",), "becomes true: a new schedule begins with a base backup")
    spec.word("method", of=("barmanObjectStore", "plugin"))
    spec.text("cluster", "name")
    spec.text("pluginConfiguration", "name")
    made: Made = {"schedule": found or SCHEDULE}
    target = spec.word("target", of=("primary",))
    if target:
        made["target"] = target
    return made


def _snapshots(
    cluster: Document, planned: Document, before: SnapshotsSpec | None
) -> SnapshotsSpec | None:
    spec, given = planned.spec, cluster.spec.inside("backup", "volumeSnapshot")
    called = given.text("className")
    if before or called is None:
        planned.say(
            "kept out", (), "snapshots need one schedule, and backup.volumeSnapshot.className"
        )
        planned.taken.add(("spec",))
        return before
    spec.text("method")
    made: Made = {"class_name": called} | {"schedule": _scheduled(planned)["schedule"]}
    wal = given.text("walClassName")
    if wal:
        made["wal_class_name"] = wal
    online = spec.flag("online")
    if (given.flag("online") if online is None else online) is False:
        made["online"] = False
    if given.text("snapshotOwnerReference") != "backup":
        given.changed(
            ("snapshotOwnerReference",),
            "becomes 'backup': a snapshot is deleted with its Backup",
        )
    return SnapshotsSpec(**made)
