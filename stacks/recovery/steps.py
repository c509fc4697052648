"""What follows a change of an environment's file, with the time that each step takes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from components.postgres import PostgresSpec
from components.postgres.generations import Generation
from stacks.check.rules.measured import LEAST_RESTORE_SECONDS, backup_seconds, spoken
from stacks.environment import EnvironmentSpec
from stacks.recovery.edit import EnvironmentFile
from stacks.recovery.ways import restore_note, snapshot_note

PROGRAM = f"python -m {__package__.rpartition('.')[0]}"
"""How the commands of this package are run: under another name from the wheel."""


@dataclass(frozen=True)
class Step:
    """One thing to do, in the order of the list."""

    do: str
    seconds: float | None = None
    """How long it takes at least; 0: no time; None: nothing has measured it."""

    note: str = ""

    def __str__(self) -> str:
        """Return it as one line."""
        time = "not measured" if self.seconds is None else f"about {spoken(self.seconds)}"
        time = "at once" if self.seconds == 0 else time
        return f"{self.do} ({'; '.join(filter(None, [time, self.note]))})"


@dataclass(frozen=True)
class Steps:
    """The steps of one environment; *name* is how its reader names it."""

    name: str
    environment: EnvironmentSpec

    def up(self, does: str, seconds: float | None = None, note: str = "") -> Step:
        """Return the step that applies the file, and what that *does*."""
        gitops = self.environment.gitops
        how = f"{PROGRAM} render {self.name} --out {gitops.path}, push" if gitops else "pulumi up"
        return Step(f"{how}: {does}", seconds, note)

    def restored(
        self,
        clusters: Sequence[tuple[str, PostgresSpec]],
        does: str = "",
        snapshot: str | None = None,
    ) -> Step:
        """Return the step that restores generations, named by their Clusters.

        *snapshot*: the one that the only generation starts from.
        """
        note = restore_note([spec for _, spec in clusters])
        if snapshot:
            (_, spec), does = *clusters, f" from snapshot {snapshot}{does}"
            note = snapshot_note(spec)
        return self.up(
            f"restores {', '.join(name for name, _ in clusters)}{does}", LEAST_RESTORE_SECONDS, note
        )

    def candidate(self, database: str, new: Generation) -> list[Step]:
        """Return the steps that make a restored candidate the active one."""
        spec = self.environment.databases[database]
        old = spec.current
        return [
            self.restored(
                [(new.cluster, spec)],
                f", while clients stay on {old.cluster}",
                new.restored.snapshot if new.restored else None,
            ),
            Step(f"look into {new.cluster}: the rows that you miss are there"),
            Step(f"{PROGRAM} activate {self.name} {database} {new.number} --write", 0),
            self.up(f"stops {old.cluster}, and sends clients to {new.cluster}"),
            *self.given_up(database, old, new),
        ]

    def given_up(self, database: str, old: Generation, new: Generation) -> list[Step]:
        """Return the steps that give the generation up that was active before."""
        spec = self.environment.databases[database]
        full = backup_seconds(spec.storage, spec.backup)
        return [
            Step(
                f"wait for the first base backup of {new.cluster}",
                full,
                f"if {spec.storage} are full",
            ),
            Step(f"{PROGRAM} retire {self.name} {database} {old.number} --write", 0),
            self.up(f"no longer protects {old.cluster}"),
        ]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A change of an environment's file that `check` accepts, and what follows it."""

    file: EnvironmentFile
    text: str
    """What the file is to hold."""

    notes: Sequence[str] = ()
    steps: Sequence[Step]

    def shown(self, *, written: bool) -> str:
        """Return the diff and the steps, for a reader; `git apply` takes it as it is."""
        steps = (
            [*self.steps] if written else [Step("write it: --write, or git apply", 0), *self.steps]
        )
        lines = [f"{number}. {step}" for number, step in enumerate(steps, 1)]
        return "\n".join([self.file.diff(self.text), *self.notes, *lines])

    def data(self, *, written: bool) -> Mapping[str, Any]:
        """Return the same for a program."""
        return {
            "file": self.file.place,
            "diff": self.file.diff(self.text),
            "written": written,
            "notes": [*self.notes],
            "steps": [asdict(step) for step in self.steps],
        }
