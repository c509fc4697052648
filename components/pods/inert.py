"""Whether a restored server that is to be read only acts on anything.

A physical copy holds all that made the original act: subscriptions, jobs, an archive.
"""

from collections.abc import Iterator, Mapping
from typing import Any

ASKED = """
select json_build_object(
  'logical_workers', current_setting('max_logical_replication_workers'),
  'archive_command', current_setting('archive_command'),
  'libraries', current_setting('shared_preload_libraries'),
  'processes', (select json_agg(distinct backend_type) from pg_stat_activity))
"""
"""What the running server is asked; its answer is JSON."""

_OWN = {
    "archiver",
    "autovacuum launcher",
    "autovacuum worker",
    "background writer",
    "checkpointer",
    "client backend",
    "io worker",
    "parallel worker",
    "startup",
    "walsender",
    "walsummarizer",
    "walwriter",
}
"""PostgreSQL's own processes that reach nothing outside of it (14 to 18)."""

_COMMAND = "/controller/manager wal-archive "
"""The operator's archive_command, which asks the Cluster where to archive to."""

_LIBRARIES = {"auto_explain", "pg_stat_statements", "pgaudit"}
"""They watch statements; the operator loads them where the database has their parameters."""


def acts(told: Mapping[str, Any], cluster: Mapping[str, Any]) -> Iterator[str]:
    """Yield how a server acts: by what it answers, and by the `spec` of its Cluster."""
    for plugin in cluster.get("plugins", []):
        if plugin.get("enabled", True):
            yield f"hands WAL to {plugin['name']}"
    if "barmanObjectStore" in cluster.get("backup", {}):
        yield "archives by barmanObjectStore"
    if not told["archive_command"].startswith(_COMMAND):
        yield f"has the archive_command {told['archive_command']}"
    if told["logical_workers"] != "0":
        yield f"may start {told['logical_workers']} logical replication workers"
    libraries = {one.strip() for one in told["libraries"].split(",")} - {""} - _LIBRARIES
    if libraries:
        yield f"has loaded {', '.join(sorted(libraries))}"
    if strangers := {*told["processes"]} - {None} - _OWN:
        yield f"runs {', '.join(sorted(strangers))}"
