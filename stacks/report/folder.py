"""The evidence in the files of a folder."""

from pathlib import Path

from components.pods.evidence import Evidence
from stacks.report.record import evidence_in

_MOST_BYTES = 2**20
"""The largest file that may be evidence: a ConfigMap holds no more."""


def evidence_under(folder: Path, context: str) -> tuple[list[Evidence], list[str]]:
    """Return the evidence of the environment *context* under *folder*, and what cannot be read.

    A dry run, which a pipeline may have kept, proves nothing.
    """
    found, faults = list[Evidence](), list[str]()
    for path in sorted(folder.rglob("*.json")):
        try:
            one = evidence_in(_text(path))
        except (OSError, ValueError) as error:
            faults.append(f"{path}: {error}")
            continue
        if one.dry:
            continue
        if one.environment != context:
            faults.append(
                f"{path}: it is of the environment {one.environment}, not {context}; keep the "
                "evidence of each in its own folder"
            )
        else:
            found.append(one)
    return found, faults


def _text(path: Path) -> str:
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError("it is larger than 1 MiB, so no evidence; remove it from the folder")
    return path.read_text(encoding="utf-8")
