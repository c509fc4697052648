"""Rules about drills."""

from collections.abc import Iterator

from components.spec import cron
from components.spec.rule import Fault, rule
from components.spec.words import seconds
from stacks.check.rules.measured import spoken
from stacks.environment import EnvironmentSpec

_LONGEST_CRON_JOB = 52
"""Characters; a Job of it gets eleven more (apis/batch/validation, 1.34)."""

_LONGEST_ENDING = "-restore"


@rule("environment")
def drill_lasts_as_long_as_the_rto(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A drill may last at least as long as a recovery.

    With a deadline below the RTO it ends before it can show that the RTO is missed.
    """
    for name, database in environment.databases.items():
        drills, rto = environment.drills(name), database.objectives.rto
        if drills and seconds(drills.deadline) < seconds(rto):
            yield Fault(
                f"'{drills.deadline}' is less than the RTO '{rto}', so a drill never shows that it "
                f"is missed; write at least '{rto}'",
                ("databases", name, "drills", "deadline"),
            )


@rule("environment")
def drilled_role_is_short(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The role of a database that has drills fits into the names of its CronJobs.

    The API server refuses a CronJob whose name has more than 52 characters.
    """
    most = _LONGEST_CRON_JOB - len(_LONGEST_ENDING)
    for name in environment.drilled():
        if len(name) > most:
            yield Fault(
                f"the role has {len(name)} characters, too many for the CronJob "
                f"'<role>{_LONGEST_ENDING}'; write at most {most}",
                ("databases", name),
            )


@rule("hint")
def drill_ends_before_its_next(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A drill that restores ends before the next of its depth is due.

    A CronJob begins none while its last one runs, and a slot that was missed is not caught up. A
    `look` takes seconds.
    """
    for name in environment.drilled():
        drills = environment.drills(name)
        if drills is None:
            continue
        for depth, schedule in (("restore", drills.restore), ("deep", drills.deep)):
            gap = cron.shortest_gap(schedule).total_seconds()
            if seconds(drills.deadline) > gap:
                yield Fault(
                    f"'{schedule}' is due again after {spoken(gap)}, and a drill may take "
                    f"'{drills.deadline}', so some are left out; a longer interval leaves out none",
                    ("databases", name, "drills", depth),
                )
