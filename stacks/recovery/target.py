"""Where a restore ends: what the command line says, checked against what the archive holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from stacks.command import Fault
from stacks.recovery.window import Survey

Kind: TypeAlias = Literal["latest", "time", "before-xid", "backup"]

_PLACE = "--to"
_FORMS = "write latest, a time like 2026-11-30T10:00:00+00:00, before-xid N or backup ID"


@dataclass(frozen=True)
class Target:
    """Where a restore ends."""

    kind: Kind
    value: str = ""
    """The time, the transaction or the base backup."""

    backup: str | None = None
    """The base backup that a recovery starts from, other than to exactly a backup."""

    @classmethod
    def of(cls, words: Sequence[str], backup: str | None) -> "Target":
        """Return the target that *words* say; raise Fault."""
        kind, *rest = words
        said = " ".join(words)
        found: Target
        if kind == "latest" and not rest:
            found = cls("latest", backup=backup)
        elif kind in ("before-xid", "backup"):
            if len(rest) != 1:
                raise Fault(f"{_PLACE} {said}", "it names no single one", _FORMS)
            found = cls("before-xid" if kind == "before-xid" else "backup", rest[0], backup)
        else:
            found = cls("time", said, backup)
        if found.kind == "before-xid":
            return found._with_backup()
        if backup is not None and found.kind == "backup":
            fault = "a recovery to exactly a backup starts from that one"
            raise Fault(f"--backup {backup}", fault, "leave it out")
        return found

    def __str__(self) -> str:
        """Return it as the command line says it."""
        return self.value if self.kind == "time" else f"{self.kind} {self.value}".strip()

    def fields(self, survey: Survey) -> dict[str, Any]:
        """Return the fields of a RestoreSpec; raise Fault where the archive does not reach it."""
        match self.kind:
            case "latest":
                backup = start_of_all(f"{_PLACE} {self}", self.backup, survey)
                return {"backup": backup, "latest": True} if backup else {}
            case "time":
                time = survey.checked(self.value)
                backup = start(time, self.backup, survey)
                return {"time": time} | ({"backup": backup} if backup else {})
            case "backup":
                return {"backup": _known(self.value, survey)}
            case "before-xid":
                backup = _known(self.backup or "", survey)
                return {"before_xid": int(self.value), "backup": backup}

    def begins(self, survey: Survey) -> tuple[str, datetime] | None:
        """Return the base backup of a recovery that `fields` has checked, and a moment in it.

        What ended by that moment is certainly before the target. None: it is exactly a backup, or
        starts from one that the operator has named.
        """
        match self.kind:
            case "latest":
                if self.backup:
                    return None
                stretch = survey.stretches[-1]
                backup = stretch.backups[-1]
                return backup, stretch.window.latest if stretch.window else survey.ended(backup)
            case "time":
                moment = survey.checked(self.value)
                last = survey.backups_at(moment)[-1]
                return None if self.backup else (last, datetime.fromisoformat(moment))
            case "before-xid":
                # When it ended is not known, but its base backup is one from before.
                return self.backup or "", survey.ended(self.backup or "")
            case "backup":
                return None

    def _with_backup(self) -> "Target":
        if not (self.value.isascii() and self.value.isdigit()):
            raise Fault(
                f"{_PLACE} {self}", "a transaction is a number", "write the one that find prints"
            )
        if self.backup is None:
            fault = "CloudNativePG finds no base backup for a transaction"
            fix = "write --backup ID too; find prints the whole command, and window every ID"
            raise Fault(f"{_PLACE} {self}", fault, fix)
        return self


def start_of_all(place: str, backup: str | None, survey: Survey) -> str | None:
    """Return the base backup that must be named to restore all that is archived; None if none.

    Raise Fault if there is none, or if a *backup* that is given does not reach the end.
    """
    if not survey.stretches:
        fault = "the archive holds no base backup with all of its WAL"
        raise Fault(place, fault, "restore from another archive, by --from or --generation")
    fit = survey.stretches[-1].backups
    if backup is None:
        return fit[-1] if survey.chosen()["fault"] else None
    if _known(backup, survey) not in fit:
        fault = "what is archived up to the end does not follow from it"
        raise Fault(f"base backup {backup}", fault, f"write one of {', '.join(fit)}")
    return backup


def start(time: str, backup: str | None, survey: Survey) -> str | None:
    """Return the base backup that must be named to restore to a *checked* time; None if none.

    Raise Fault if a *backup* that is given does not reach it.
    """
    fit = survey.backups_at(time)
    if backup is None:
        return fit[-1] if survey.chosen(time)["id"] not in fit else None
    if _known(backup, survey) not in fit:
        fault = f"it does not reach {time}"
        raise Fault(f"base backup {backup}", fault, f"write one of {', '.join(fit)}")
    return backup


def _known(backup: str, survey: Survey) -> str:
    """Return the ID of a base backup that can be restored; raise Fault if it cannot."""
    usable = [str(one["id"]) for one in survey.usable]
    if backup not in usable:
        held = {str(one["id"]): one["fault"] for one in survey.found["backups"]}
        fault = held.get(backup, "the archive does not hold it")
        fix = f"write one of {', '.join(usable)}" if usable else "restore from the other store"
        raise Fault(f"base backup {backup}", fault, fix)
    return backup
