"""The scenarios of a database that follows another site, where nothing is restored to a moment."""

from collections.abc import Iterator

from components.postgres.site import SiteSpec
from stacks.recovery.runbook.names import READY, Names
from stacks.recovery.runbook.page import Scenario, Step
from stacks.recovery.runbook.shell import CLUSTERS

_PAGE = "docs/second-site.md"


def other_site(at: Names, site: SiteSpec) -> Scenario:
    """Return the way to take over, as the other site is lost."""
    return Scenario(
        title="The other site is lost",
        when=f"The site that archives to {site.archive.destination}{site.server_name}/ does not "
        f"come back. {at.cluster} takes its place; what was not archived there, up to "
        f"{site.rpo}, is lost.",
        steps=(
            Step(
                do="Be sure that nothing writes at the other site any more, and that it does not "
                "come back by itself: two sites that accept writes never become one again.",
                check="Someone has seen it, and says so.",
                stop="It can be reached: change places in order, by which nothing is lost "
                f'({_PAGE}, "Change places").',
            ),
            Step(
                do=f"Look whether {at.cluster} has replayed what is archived there.",
                run=(_sidecar(at),),
                check="The newest segment that the archive has was restored.",
            ),
            Step(
                do=f"Write into site of databases.{at.name} in {at.shell.module}: role='primary', "
                "and in lost why the other site is given up.",
                run=(at.shell.stacks("check"), at.shell.difference),
                check="check prints ok.",
            ),
            Step(
                do="Promote it.",
                run=(*at.shell.apply(f"Promote {at.name}"), *_served(at, at.cluster)),
                check="It prints f: it accepts writes.",
            ),
            Step(
                do=f"Send clients to {at.spec.host}, or to what leads there from outside. Write "
                f"down how the lost site comes back: as a follower ({_PAGE}).",
            ),
        ),
    )


def follower(at: Names, site: SiteSpec) -> Scenario:
    """Return the way to another follower."""
    removed = ", ".join(map(str, [*at.spec.removed, at.number]))
    entry = f"FollowSpec(server_name='{site.server_name}', reason='...')"
    return Scenario(
        title="The follower is lost, or does not follow",
        when=f"Every instance or volume of {at.cluster} is gone, or it stands still as its history "
        "is another one. Clients are at the other site, and lose nothing. Rows and databases are "
        "restored there.",
        steps=(
            Step(
                do="See why.",
                run=(
                    at.shell.kubectl("get", "pods,pvc", namespace=at.spec.namespace),
                    _sidecar(at),
                ),
                check="It is gone, or the log says that the timeline is no child of its history.",
                stop=f"Keys or the store are refused: see to those first ({_PAGE}).",
            ),
            Step(
                do=f"Write into databases.{at.name} in {at.shell.module}: {entry} at the end of "
                f"generations, active={at.new}; and removed=[{removed}] if {at.cluster} is lost.",
                run=(at.shell.stacks("check"), at.shell.difference),
                check="check prints ok.",
            ),
            Step(
                do="Restore it.",
                run=(
                    *at.shell.apply(f"Follow with {at.next}"),
                    at.shell.kubectl(
                        *("wait", CLUSTERS, at.next, READY, "--timeout=12h"),
                        namespace=at.spec.namespace,
                    ),
                ),
                check=f"{at.next} is Ready.",
            ),
            Step(
                do=f"At the other site write '{at.next}' in site.server_name, and apply it there.",
            ),
        ),
    )


def _sidecar(at: Names) -> str:
    selector = f"cnpg.io/cluster={at.cluster},cnpg.io/instanceRole=primary"
    return at.shell.kubectl(
        *("logs", "-l", selector, "-c", "plugin-barman-cloud", "--tail", "20"),
        namespace=at.spec.namespace,
    )


def _served(at: Names, cluster: str) -> Iterator[str]:
    yield at.shell.kubectl(
        *("wait", CLUSTERS, cluster, READY, "--timeout=12h"), namespace=at.spec.namespace
    )
    yield at.shell.primary(at.spec, cluster)
    yield at.shell.psql(at.spec, "-Atc", "SELECT pg_is_in_recovery()")
