"""The evidence of a drill as JUnit XML, which CI systems show.

Each proof, each objective and the verdict is a test case: what was refuted or missed is a failure,
what did not run is skipped, and a drill that could not verify is an error.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .evidence import Evidence
from .figures import duration, found_value

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (its section 2.2)."""

_Case = tuple[str, str, str]
"""A name, what is in the test case (`failure`, `error`, `skipped` or nothing), and why."""


def junit(evidence: Evidence) -> str:
    """Return an XML document of one test suite."""
    cases = [*_proofs(evidence), *_objectives(evidence), _verdict(evidence)]
    name = f"{evidence.environment}.{evidence.database}.{evidence.depth}"
    name += ".dry-run" if evidence.dry else ""
    root = Element("testsuites", name="tier0 drills")
    suite = SubElement(
        root,
        "testsuite",
        name=_text(name),
        tests=str(len(cases)),
        failures=str(sum(kind == "failure" for _, kind, _ in cases)),
        errors=str(sum(kind == "error" for _, kind, _ in cases)),
        skipped=str(sum(kind == "skipped" for _, kind, _ in cases)),
        timestamp=_text(evidence.begun[:19]),
        time=f"{_took(evidence):.3f}",
    )
    properties = SubElement(suite, "properties")
    for key, value in _facts(evidence).items():
        SubElement(properties, "property", name=_text(key), value=_text(value))
    for title, kind, why in cases:
        case = SubElement(suite, "testcase", classname=_text(name), name=_text(title))
        if kind:
            SubElement(case, kind, message=_text(why))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _proofs(evidence: Evidence) -> Iterator[_Case]:
    kinds = {"proved": "", "refuted": "failure", "not run": "skipped"}
    for it in evidence.proofs:
        why = it.reason or f"found {found_value(it.value)}, not {found_value(it.baseline)}"
        yield it.name, kinds[it.outcome], why if it.outcome != "proved" else ""


def _objectives(evidence: Evidence) -> Iterator[_Case]:
    for name, took, most in (
        ("restore time of one instance within the RTO", "restore", evidence.rto_seconds),
        ("data at risk within the RPO", "archived", evidence.rpo_seconds),
    ):
        found = evidence.restore_seconds if took == "restore" else evidence.archived_seconds
        if found is None:
            yield name, "skipped", "the drill did not measure it"
        elif evidence.verdict in {"failed", "unverified"}:
            yield name, "skipped", f"{duration(found)}, but the data is not proved"
        elif found > most:
            yield name, "failure", f"{duration(found)}, more than {duration(most)}"
        else:
            yield name, "", ""


def _verdict(evidence: Evidence) -> _Case:
    kinds = {"passed": "", "missed": "failure", "failed": "failure", "unverified": "error"}
    kind = kinds[evidence.verdict]
    return "verdict", kind, f"{evidence.verdict}: {evidence.reason}" if kind else ""


def _facts(evidence: Evidence) -> dict[str, str]:
    return {
        "id": evidence.id,
        "verdict": evidence.verdict,
        "rung": evidence.rung,
        "store": evidence.store,
        "generation": str(evidence.generation),
        "server_name": evidence.server_name,
        **evidence.versions,
    }


def _took(evidence: Evidence) -> float:
    ended, begun = map(datetime.fromisoformat, (evidence.ended, evidence.begun))
    return (ended - begun).total_seconds()


def _text(value: str) -> str:
    return _NOT_XML.sub("\ufffd", value)
