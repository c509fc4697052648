"""Makes the runbook of an environment."""

from collections.abc import Iterator
from datetime import date

from stacks.environment import EnvironmentSpec
from stacks.recovery.measured import measured
from stacks.recovery.runbook.cluster import ClusterChapter
from stacks.recovery.runbook.database import chapter
from stacks.recovery.runbook.kept import kept
from stacks.recovery.runbook.names import Names
from stacks.recovery.runbook.page import Decision, Runbook, Scenario, Step
from stacks.recovery.runbook.shell import CLUSTERS, Shell


def runbook(name: str, environment: EnvironmentSpec, today: date) -> Runbook:
    """Return the runbook of *environment*, which the reader calls *name*, as of *today*."""
    shell = Shell(name, environment)
    return Runbook(
        environment=name,
        context=environment.context,
        date=today.isoformat(),
        measured=max(one.date for one in measured().values()),
        first=_first(shell),
        decisions=tuple(_decisions(environment)),
        databases=tuple(
            chapter(Names(shell, database, today)) for database in environment.databases
        ),
        cluster=ClusterChapter(shell).scenario(),
        kept=kept(shell, today),
    )


def _first(shell: Shell) -> Scenario:
    gitops = shell.environment.gitops
    tree = (
        (
            Step(
                do=f"Have the repository that Argo CD reads: {gitops.repository}, branch "
                f"{gitops.revision}. TREE is your checkout of it.",
                run=('TREE="$HOME/tree"', 'git -C "$TREE" pull --ff-only'),
            ),
        )
        if gitops
        else ()
    )
    return Scenario(
        title="First",
        when="Always. It takes two minutes.",
        steps=(
            Step(
                do="Write down the time, and what was seen. One types, another one reads along.",
                run=("date -u +%FT%TZ",),
            ),
            Step(
                do="Open a shell in the checkout of tier0, at the commit that is deployed.",
                run=("git status --short", "git pull --ff-only", shell.stacks("check")),
                check="git status prints nothing, check prints ok.",
                stop="check finds a fault: go back to the commit that was deployed last.",
            ),
            *tree,
            Step(
                do="See what still answers.",
                run=(
                    shell.kubectl("get", "nodes"),
                    shell.kubectl("get", CLUSTERS, "-A"),
                    shell.pulumi("stack"),
                ),
                check="Choose by the table below.",
            ),
        ),
    )


def _decisions(environment: EnvironmentSpec) -> Iterator[Decision]:
    disks = ", or Ceph's disks" if environment.ceph_namespace else ""
    yield Decision(
        question="What is lost?",
        answers={
            "some rows, the database runs": "its chapter, rows",
            "a table, or everything in it is wrong": "its chapter, the database",
            "one database of several in a Cluster": "its chapter, one database; if it has none, "
            "the database",
            "a pod or a node": "its chapter, an instance or a node",
            f"every node{disks}": "The cluster is lost",
            **_sites(environment),
        },
    )
    yield Decision(
        question="Latest, or a moment?",
        answers={
            "the machine failed, the data was right": "latest: nothing that was archived is lost",
            "data was dropped or damaged, and find names the transaction": "before-xid: every "
            "commit before it comes back, to the last one",
            "data was damaged over a while": "a moment: everything after it is lost",
        },
    )
    if environment.offsite:
        lost = "its store" if environment.existing_s3 else "Ceph"
        yield Decision(
            question="The archive, or the off-site copy?",
            answers={
                "the archive is whole": "the archive: it is newer, and near",
                f"window finds gaps, or {lost} is lost": "the copy: it may lack the last "
                f"{environment.offsite.rpo}",
                "someone had the archive's keys": f"the copy: it is locked for "
                f"{environment.offsite.lock}",
            },
        )
    yield Decision(
        question="Prove it first, or at once?",
        answers={
            "the old database still serves anything": "prove it first: two commits",
            "there is nothing left to lose, and the target is latest": "add --at-once to restore: "
            "one commit, no step to prove it before clients write",
        },
    )
    yield Decision(
        question="Go back to the old one?",
        answers={
            "the new one is wrong, and took in little": "yes: what it took in is lost to clients, "
            "and stays in its archive",
            "the new one is wrong, and took in much": "stop, and ask the owner of the data",
            "the old one is retired or removed": "no: restore a next generation",
        },
    )


def _sites(environment: EnvironmentSpec) -> dict[str, str]:
    replicas = [name for name, it in environment.databases.items() if it.is_replica]
    return {f"the site that {', '.join(replicas)} follows": "its chapter"} if replicas else {}
