"""The scenarios of a lost database: its next generation, or one database of several."""

from collections.abc import Iterator

from stacks.recovery.runbook.names import (
    MOMENT,
    READY,
    TARGET,
    Names,
    harm,
    moment,
    other_store,
    target,
    took,
    window,
)
from stacks.recovery.runbook.page import Scenario, Step
from stacks.recovery.runbook.shell import BACKUPS, CLUSTERS


def database(at: Names) -> Scenario:
    """Return the way to its next generation, and back."""
    return Scenario(
        title="The database is lost, or wrong as a whole",
        when="A dropped table or database, a migration that went wrong, every instance or "
        f"every volume of {at.cluster} gone. A new generation is restored into its own "
        f"Cluster, {at.next}; {at.cluster} and its archive are not touched.",
        steps=(
            *harm(at),
            moment(at, "the database was right"),
            window(at),
            Step(
                do="If something was dropped, find the transaction.",
                run=(at.shell.stacks("find", at.name, "--dropped"),),
                check="One transaction dropped what you miss. Write down its number.",
            ),
            target(),
            *_restored(at),
            *_switched(at),
        ),
    )


def _restored(at: Names) -> Iterator[Step]:
    restore = ("restore", at.name, "--to", TARGET)
    give_up = at.shell.stacks("retire", at.name, str(at.new), "--write")
    yield Step(
        do="See what would be done. Nothing is changed.",
        run=(*other_store(at), at.shell.stacks(*restore)),
        check=f"The difference adds generation {at.new} to databases.{at.name} in "
        f"{at.shell.module}, and every step is listed with its time.",
        stop="It refuses: its sentence says what to write. Do not work around it.",
    )
    yield Step(
        do="Write it into the file.",
        run=(
            at.shell.stacks(*restore, "--write"),
            at.shell.stacks("check"),
            at.shell.difference,
        ),
        check="check prints ok.",
    )
    yield Step(
        do=f"Restore. {at.cluster} keeps serving, if it still does. The nodes need room for "
        f"{at.spec.instances} more instances of {at.spec.data_size}.",
        run=(
            *at.shell.apply(f"Restore {at.name}"),
            at.shell.kubectl(
                *("wait", CLUSTERS, at.next, READY, "--timeout=12h"),
                namespace=at.spec.namespace,
            ),
        ),
        check=f"{at.next} is Ready. A large database takes longer; the facts above have an "
        "estimate.",
        stop="Its recovery pod fails twice with the same message "
        f"(`{at.shell.kubectl('get', 'pods', namespace=at.spec.namespace)}`). Deleting "
        "objects does not help; nothing is lost by waiting.",
        seconds=took("restore"),
    )
    yield Step(
        do="Prove it: count rows that you know, and look for the newest one.",
        run=(
            at.shell.primary(at.spec, at.next),
            at.shell.psql(at.spec, "-c", r"\dt+"),
            at.shell.psql(at.spec, "-c", "SELECT count(*) FROM public.members"),
        ),
        check="The owner of the data says that it is right.",
        stop="It is wrong. Clients have noticed nothing so far. Give it up, and begin again with "
        f"another target: `{give_up}`, then restore. The numbers and names below are then one "
        "higher.",
    )


def _switched(at: Names) -> Iterator[Step]:
    spec = at.spec
    asked = (
        f" activate also asks what checks holds: {', '.join(spec.checks)}." if spec.checks else ""
    )
    selector = at.shell.kubectl(
        *("get", "service", spec.service_name, "-o", "jsonpath={.spec.selector}"),
        namespace=spec.namespace,
    )
    yield Step(
        do=f"**Decide**: send the clients to {at.next}. {at.cluster} is then stopped, and "
        f"kept. What it took in after the target is not in the new one.{asked}",
        run=(
            *_changed(at, "activate", at.new),
            *at.shell.apply(f"Activate {at.next}"),
            selector,
        ),
        check=f"The selector names {at.next}, and the application works.",
        stop="The one who may decide it is not reached. The candidate can wait.",
    )
    yield Step(
        do="See that the new one is protected: it archives, and has a base backup.",
        run=(
            at.shell.kubectl(
                *("wait", CLUSTERS, at.next, "--for=condition=ContinuousArchiving"),
                "--timeout=15m",
                namespace=spec.namespace,
            ),
            at.shell.kubectl("get", BACKUPS, namespace=spec.namespace),
        ),
        check=f"A Backup of {at.next} is completed. Until then only the archive of the old "
        "one can be restored.",
        stop="No WAL arrives within a quarter of an hour: the RPO is no longer kept.",
    )
    yield Step(
        do=f"Only to go back, before the next step: find says how much {at.next} took in "
        f"meanwhile, which is not in {at.cluster}.",
        run=(
            at.shell.stacks("find", at.name, "--around", MOMENT),
            *_changed(at, "activate", at.number),
            *at.shell.apply(f"Go back to {at.cluster}"),
            selector,
        ),
        check=f"The selector names {at.cluster}.",
    )
    yield Step(
        do="Days later, when no one wants to go back: give the old one up. Later still, the "
        "same command with --removed deletes its volumes; its archive stays until the "
        "retention has passed.",
        run=(*_changed(at, "retire", at.number), *at.shell.apply(f"Retire {at.cluster}")),
        stop="It says that the new one has no base backup yet: wait.",
    )


def _changed(at: Names, command: str, number: int) -> tuple[str, ...]:
    """Return the lines that change what the file says of generation *number*."""
    return (
        at.shell.stacks(command, at.name, str(number), "--write"),
        at.shell.stacks("check"),
    )


def one_database(at: Names) -> Scenario:
    """Return the way to one of its databases, while the others stay as they are."""
    names = [at.spec.database, *at.spec.databases]
    restore = ("restore", at.name, "--to", TARGET, "--database", '"$DATABASE"')
    return Scenario(
        title="One database of several is lost or wrong",
        when=f"One of {', '.join(names)} is wrong, and the others have taken in work since "
        "that must stay.",
        steps=(
            *harm(at),
            moment(at, "it was right"),
            window(at),
            target(),
            Step(
                do=f"Name the database: one of {', '.join(names)}. See what would be done.",
                run=(f"DATABASE='{names[-1]}'", *other_store(at), at.shell.stacks(*restore)),
                check="Only this database is named; the others keep their rows and pods.",
                stop="It refuses: its sentence says what to write.",
            ),
            Step(
                do="Do it. Its writers are stopped for the swap; the old one is kept under a name "
                "with the date. If it is interrupted, run it again.",
                run=(at.shell.stacks(*restore, "--write"),),
                check="It prints the name of the old one, and the command that puts it back.",
                stop="The two differ: the old one is still there; nothing was swapped.",
                seconds=took("one database"),
            ),
        ),
    )
