"""Rules and hints about the in-tree method, which runs the Barman of the database's image."""

from collections.abc import Iterator

from components.postgres.archive import BackupSpec
from components.postgres.images import has_barman, lacks
from components.postgres.memory import left_besides_buffers
from components.postgres.sidecar import barman_megabytes
from components.spec.rule import Fault, rule
from components.spec.words import size_bytes
from stacks.environment import EnvironmentSpec

_PARTIAL_FIRST = {"snappy", "xz", "zstd"}


@rule("environment", waivable=True)
def in_tree_barman_knows_compression(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The Barman in the image has the compression that is declared.

    An older one refuses the option (`unrecognized arguments: --lz4`, run with 3.16.2). No base
    backup is made then, while WAL is archived and nothing shows.
    """
    for name, database in environment.databases.items():
        if database.backup.method != "in-tree":
            continue
        for field, what, word, fix, _ in _chosen(database.backup):
            if lacks(database.image, f"{word} for {what}"):
                yield Fault(
                    f"the Barman in '{database.image}' has no {word} for {what}, so each upload "
                    f"fails; {fix}, or write method 'plugin'",
                    ("databases", name, "backup", field),
                )


@rule("environment", waivable=True)
def in_tree_jobs_fit_memory(environment: EnvironmentSpec) -> Iterator[Fault]:
    """With the in-tree method an instance's memory holds Barman's processes too.

    They run in PostgreSQL's container, each with 70 MiB or more, by its compression (measured), and
    have the limit of its memory; beyond that the container is killed.
    """
    for name, database in environment.databases.items():
        left = left_besides_buffers(database)
        if database.backup.method != "in-tree" or database.resources is None or left is None:
            continue
        needed = barman_megabytes(database.backup, database.wal_segment)
        limit = database.resources.most_memory
        if needed >= left >> 20:
            jobs = database.backup.wal_jobs + database.backup.jobs
            yield Fault(
                f"'{limit}' leaves {left >> 20} MiB besides shared_buffers, and "
                f"{jobs} Barman processes take up to {needed}; write at least "
                f"'{((size_bytes(limit) - left) >> 20) + needed + 1}Mi', or fewer jobs",
                ("databases", name, "resources", database.resources.memory_field),
            )


@rule("hint")
def in_tree_barman_is_new_enough(environment: EnvironmentSpec) -> Iterator[Fault]:
    """With the in-tree method the Barman of an unknown image has the compression that is declared.

    Base backups: lz4 from 3.18.0 on. WAL: lz4, xz and zstd from 3.12 on, and levels from 3.14 on.
    If the image is known to have none, `in-tree-barman-knows-compression` reports it.
    """
    since = {
        "base backups": "3.18.0, in images of 2026-04-30",
        "WAL": "3.12, in images of 2025-03-10",
        "compression level": "3.14, in images of 2025-05-29",
    }
    for name, database in environment.databases.items():
        if database.backup.method != "in-tree":
            continue
        for field, what, word, _, other in _chosen(database.backup):
            if lacks(database.image, f"{word} for {what}") is None:
                yield Fault(
                    f"{word} for {what} needs Barman {since.get(word, since[what])} and later, or "
                    f"each upload fails; {other} works with each",
                    ("databases", name, "backup", field),
                )


def _chosen(backup: BackupSpec) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield each choice: its field, what it is for, its name, its fix, and what always works."""
    yield "data_compression", "base backups", backup.data_format, "write 'snappy'", "snappy"
    yield "wal_compression", "WAL", backup.wal_format, "write 'gzip'", "gzip"
    if backup.wal_level is not None:
        yield "wal_level", "WAL", "compression level", "leave it out", "none"


@rule("hint")
def in_tree_restore_takes_whole_segments(environment: EnvironmentSpec) -> Iterator[Fault]:
    """With the in-tree method a restore takes the whole WAL segment, not its `.partial`.

    CloudNativePG 1.30.0 leaves `--no-partial` out of its recovery (restore.go,
    getRestoreWalConfig), and barman takes the name that sorts first if an archive has both, as
    after a failover. With gzip, bzip2 and lz4 that is the whole segment (3.18.0, CloudNativePG's
    images). 3.19.1 keeps the other one for the next time that the segment is asked for, or ends
    with status 2, which is the end of the archive to PostgreSQL, where it cannot create its spool.
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
