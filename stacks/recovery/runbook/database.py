"""The chapter of one database."""

from components.postgres import PostgresSpec
from components.postgres.archiver import replay_seconds
from stacks.check.rules.measured import restore_seconds, spoken
from stacks.recovery.runbook.follower import follower, other_site
from stacks.recovery.runbook.generation import database, one_database
from stacks.recovery.runbook.instance import instance
from stacks.recovery.runbook.names import Names
from stacks.recovery.runbook.page import DatabasePage
from stacks.recovery.runbook.rows import rows


def chapter(at: Names) -> DatabasePage:
    """Return the whole chapter."""
    one = [one_database(at)] if at.spec.databases else []
    site = at.spec.site
    if site and at.spec.is_replica:
        ways = [other_site(at, site), follower(at, site)]
    else:
        ways = [rows(at), *one, database(at)]
    return DatabasePage(name=at.name, facts=_facts(at), scenarios=(*ways, instance(at)))


def _facts(at: Names) -> dict[str, str]:
    spec, offsite = at.spec, at.shell.environment.offsite
    copy = offsite.destination(spec.backup.place) if offsite else None
    full = spoken(restore_seconds(spec.data_size, spec.backup))
    where = f"{copy}{spec.server_name}/ at {offsite.endpoint}" if offsite else None
    others = [f"{it.number} ({it.state})" for it in spec.lineage if it.state != "active"]
    return {
        "Cluster": f"{at.cluster} in namespace {spec.namespace}, generation {at.number}",
        **({"other generations": ", ".join(others)} if others else {}),
        **_site(spec),
        "clients connect to": spec.host,
        "databases in it": ", ".join([spec.database, *spec.databases]),
        "archive": f"{spec.archive} at {at.shell.environment.object_store.address}",
        "off-site copy": where or "none",
        "may lose (RPO)": spec.objectives.rpo,
        "may take (RTO)": spec.objectives.rto,
        "a full volume is copied back in": f"{full} ({spec.data_size}), then about "
        f"{replay_seconds(spec):.1g} s for each WAL segment",
        "the next generation is": f"{at.new}: Cluster {at.next}",
    }


def _site(spec: PostgresSpec) -> dict[str, str]:
    if spec.site is None:
        return {}
    does = "follows" if spec.is_replica else "is followed by"
    archive = f"{spec.site.archive.destination}{spec.site.server_name}/"
    return {"this site": f"{does} the other one, which archives to {archive}"}
