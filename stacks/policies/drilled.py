"""The policy that asks for drills: only their evidence can tell, and a preview does not have it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from components.pods.evidence import Evidence
from components.spec.rule import rule
from stacks.policies.objects import Program, server_name
from stacks.policies.policy import Found
from stacks.report.folder import evidence_under
from stacks.report.record import GOOD, moment_of
from stacks.report.standing import NEVER

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "evidence": {"type": "string", "description": "absolute path of a folder of evidence"},
    "environment": {"type": "string", "description": "the kubeconfig context of the drills"},
    "days": {"type": "integer", "minimum": 1, "description": "how long a restore counts"},
}


@rule("policy")
def drill_is_recent(program: Program) -> Iterator[Found]:
    """Each archive was restored by a drill in the last days.

    It is judged where `evidence` is set: the files that drills leave, as `report --from` reads
    them. A drill proves the archive of one server name; a look restores nothing.
    """
    settings = program.settings
    if not settings.get("evidence"):
        return
    if missing := [it for it in SETTINGS if not settings.get(it)]:
        yield Found("is not set; write it next to 'evidence'", (missing[0],))
        return
    folder, days = Path(settings["evidence"]), int(settings["days"])
    if not folder.is_absolute() or not folder.is_dir():
        yield Found(f"'{folder}' is no folder; write the absolute path of one", ("evidence",))
        return
    found, faults = evidence_under(folder, settings["environment"])
    for line in faults:
        place, _, message = line.partition(": ")
        yield Found(message, (place,))
    proved = _proved(found)
    for cluster in program.clusters:
        archive = server_name(cluster)
        last = proved.get(archive)
        if not archive:
            continue
        if last is None:
            yield Found(NEVER, (), cluster)
        elif datetime.now(UTC) - last > timedelta(days=days):
            yield Found(
                f"the last drill that restored it ended on {last:%Y-%m-%d}, more than {days} "
                "days ago; run `python -m stacks drill`",
                (),
                cluster,
            )


def _proved(found: Sequence[Evidence]) -> dict[str, datetime]:
    """Return when each archive was last restored, by its server name."""
    return {
        it.server_name: moment_of(it.ended)
        for it in sorted(found, key=lambda it: moment_of(it.ended))
        if it.verdict in GOOD and it.depth != "look"
    }
