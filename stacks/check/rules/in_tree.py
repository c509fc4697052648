"""Rules and hints about the in-tree method, which runs the Barman of the database's image."""

from collections.abc import Iterator

from components.postgres.images import has_barman, knows_lz4
from components.spec.rule import Fault, rule
from stacks.environment import EnvironmentSpec

_NEEDS_3_12 = {"lz4", "xz", "zstd"}
_PARTIAL_FIRST = {"snappy", "xz", "zstd"}


@rule("environment", waivable=True)
def in_tree_barman_knows_lz4(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The Barman in the image has the compression of base backups that is declared.

    lz4 exists from Barman 3.18.0 on. An older one refuses the option (`unrecognized arguments:
    --lz4`, run with 3.16.2): no base backup is made, while WAL is archived and nothing shows.
    """
    for name, database in environment.databases.items():
        backup = database.backup
        if backup.method != "in-tree" or backup.data_format != "lz4":
            continue
        if knows_lz4(database.image) is False:
            yield Fault(
                f"the Barman in '{database.image}' is older than 3.18.0 and has no lz4, so each "
                "base backup fails; write 'snappy', or method 'plugin'",
                ("databases", name, "backup", "data_compression"),
            )


@rule("hint")
def in_tree_barman_is_new_enough(environment: EnvironmentSpec) -> Iterator[Fault]:
    """With the in-tree method each Barman has the compression that is declared.

    Base backups: lz4 from 3.18.0 on. WAL: lz4, xz and zstd from 3.12 on. If the image is known to
    have none, `in-tree-barman-knows-lz4` reports it.
    """
    for name, database in environment.databases.items():
        backup = database.backup
        if backup.method != "in-tree":
            continue
        place = ("databases", name, "backup")
        if backup.data_format == "lz4" and knows_lz4(database.image) is None:
            yield Fault(
                "lz4 needs Barman 3.18.0 in the image, of 2026-04-30 or later, or each base backup "
                "fails; snappy is as fast and works with each",
                (*place, "data_compression"),
            )
        if backup.wal_format in _NEEDS_3_12:
            yield Fault(
                f"{backup.wal_format} needs Barman 3.12 in the image, or no WAL is archived; gzip "
                "works with each",
                (*place, "wal_compression"),
            )


@rule("hint")
def in_tree_restore_takes_whole_segments(environment: EnvironmentSpec) -> Iterator[Fault]:
    """With the in-tree method a restore takes the whole WAL segment, not its `.partial`.

    CloudNativePG 1.30.0 leaves `--no-partial` out of its recovery (restore.go,
    getRestoreWalConfig), and barman 3.19.1 and 3.20.0 take the name that sorts first if an archive
    has both, as after a failover. With gzip, bzip2 and lz4 that is the whole segment.
    """
    for name, database in environment.databases.items():
        backup = database.backup
        if backup.method == "in-tree" and backup.wal_format in _PARTIAL_FIRST:
            yield Fault(
                f"after a failover an in-tree restore may take a segment's '.partial' with "
                f"{backup.wal_format} and end early; with gzip it takes the whole one",
                ("databases", name, "backup", "wal_compression"),
            )


@rule("hint")
def in_tree_image_is_known(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The name of an image says whether it contains Barman, which the in-tree method runs.

    Without it each upload fails. Images that are derived from CloudNativePG's may have it.
    """
    for name, database in environment.databases.items():
        if database.backup.method == "in-tree" and has_barman(database.image) is None:
            yield Fault(
                f"nothing says that '{database.image}' contains Barman, without which nothing is "
                "archived; CloudNativePG's system images do, and method 'plugin' needs none",
                ("databases", name, "image"),
            )
