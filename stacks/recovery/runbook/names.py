"""The names of one database, and the steps that its scenarios share."""

from collections.abc import Iterator
from datetime import date

from components.postgres.generations import server_name
from stacks.recovery.measured import measured
from stacks.recovery.runbook.page import Step
from stacks.recovery.runbook.shell import Shell

MOMENT = '"$T"'
TARGET = '"${TO[@]}"'
READY = "--for=condition=Ready"


def took(step: str) -> float | None:
    """Return how many seconds *step* took in the lab; None if nothing measured it."""
    found = measured().get(step)
    return found.seconds if found else None


class Names:
    """The database *name*, its active generation and the one that is next."""

    def __init__(self, shell: Shell, name: str, today: date) -> None:
        self.shell, self.name, self.today = shell, name, today
        self.spec = shell.environment.databases[name]
        self.number, self.cluster = self.spec.current.number, self.spec.current.cluster
        self.new = len(self.spec.lineage) + 1
        self.next = server_name(self.spec.cluster, self.new)


def harm(at: Names) -> Iterator[Step]:
    """Yield the step that stops what writes wrongly."""
    clients = at.spec.clients
    if clients:
        yield Step(
            do="Stop what does the harm: scale it down, or suspend its CronJob. It is one of "
            "these.",
            run=tuple(
                at.shell.kubectl("get", "deployments,statefulsets,cronjobs", namespace=it)
                for it in clients
            ),
        )
    else:
        yield Step(
            do="Stop what does the harm: the application or job that writes to "
            f"{at.spec.host}. It is in namespace {at.spec.namespace}, or outside of the "
            "cluster.",
            run=(
                at.shell.kubectl(
                    "get", "deployments,statefulsets,cronjobs", namespace=at.spec.namespace
                ),
            ),
        )


def moment(at: Names, what: str) -> Step:
    """Return the step that sets T: the last moment at which *what* held."""
    return Step(
        do=f"Set the moment: the last one at which {what}, with its time zone.",
        run=(
            f"T='{at.today.isoformat()}T09:55:00+00:00'",
            f"date -u -d {MOMENT}",
        ),
        check="It prints the moment that you mean, in UTC.",
    )


def window(at: Names) -> Step:
    """Return the step that shows what can be restored."""
    offsite = at.shell.environment.offsite
    lines = [at.shell.stacks("window", at.name)]
    if offsite:
        lines.append(at.shell.stacks("window", at.name, "--from", "offsite"))
    both = "both" if offsite else "it"
    return Step(
        do="Look how far back, and up to when, the archive reaches.",
        run=tuple(lines),
        check="The moment is between the earliest and the latest one, and nothing is missing.",
        stop=f"It is outside of {both}, or a gap is before it: what is not archived cannot be "
        "restored. Keep the database, and its volumes, as they are.",
        seconds=took("window"),
    )


def target() -> Step:
    """Return the step that sets TO: what is restored."""
    return Step(
        do="Choose what to restore: take the # away from one of these lines.",
        run=(
            "# TO=(latest)  # everything that is archived",
            '# TO=("$T")  # up to the moment',
            "# TO=(before-xid 4711 --backup 20260101T020000)  # before what find names",
            "# TO=(backup 20260101T020000)  # exactly one base backup, as window lists them",
        ),
        check='`echo "${TO[@]}"` prints your choice.',
    )


def other_store(at: Names) -> tuple[str, ...]:
    """Return a line for the reader who restores from the copy, if there is one."""
    if at.shell.environment.offsite is None:
        return ()
    return ("# the archive itself is lost: add --from offsite to both lines",)
