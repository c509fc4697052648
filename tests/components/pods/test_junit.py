"""A drill's evidence as JUnit XML."""

import xml.etree.ElementTree as ET
from dataclasses import replace

from components.pods.evidence import Evidence
from components.pods.junit import junit
from tests import drilled


def _suite(evidence: Evidence) -> ET.Element:
    suite = ET.fromstring(junit(evidence)).find("testsuite")  # noqa: S314 - our own text
    assert suite is not None
    return suite


def _cases(evidence: Evidence) -> dict[str, tuple[str, str]]:
    """Return by each test case's name what is in it, and its message."""
    found = {}
    for case in _suite(evidence).findall("testcase"):
        inner = [(it.tag, it.get("message", "")) for it in case]
        found[case.get("name", "")] = inner[0] if inner else ("", "")
    return found


def test_each_proof_and_objective_of_a_drill_that_passed_is_a_test_that_passed() -> None:
    evidence = drilled.passed()
    cases = _cases(evidence)
    assert set(cases.values()) == {("", "")}
    assert len(cases) == len(evidence.proofs) + 3
    counts = [_suite(evidence).get(it) for it in ("tests", "failures", "errors", "skipped")]
    assert counts == ["9", "0", "0", "0"]


def test_a_refuted_proof_is_a_failure_and_one_that_did_not_run_is_skipped_with_why() -> None:
    evidence = drilled.failed()
    cases = _cases(evidence)
    assert cases["rows of n8n.public.execution_entity"] == ("failure", evidence.reason)
    assert cases["active_workflows"] == ("skipped", "a proof before it failed")
    assert cases["verdict"] == ("failure", f"failed: {evidence.reason}")


def test_a_restore_of_wrong_data_keeps_no_objective() -> None:
    name = "restore time of one instance within the RTO"
    assert _cases(drilled.failed())[name] == ("skipped", "41 s, but the data is not proved")


def test_a_missed_objective_is_a_failure_with_both_figures() -> None:
    cases = _cases(drilled.missed())
    name = "restore time of one instance within the RTO"
    assert cases[name] == ("failure", "16 min 5 s, more than 15 min")
    assert cases["data at risk within the RPO"] == ("", "")


def test_an_objective_that_is_kept_to_the_second_is_no_failure() -> None:
    name = "restore time of one instance within the RTO"
    assert _cases(drilled.passed(restore_seconds=900.0))[name] == ("", "")
    assert _cases(drilled.passed(restore_seconds=900.1))[name][0] == "failure"


def test_a_drill_that_could_not_verify_is_an_error_and_nothing_unmeasured_is_green() -> None:
    evidence = drilled.unverified(archived_seconds=None)
    assert {name: kind for name, (kind, _) in _cases(evidence).items()} == {
        "restore time of one instance within the RTO": "skipped",
        "data at risk within the RPO": "skipped",
        "verdict": "error",
    }


def test_text_that_xml_cannot_hold_does_not_break_the_document() -> None:
    proof = replace(drilled.failed().proofs[1], name="<&\"'>\x00\ud800", reason="\x1b[31m]]>")
    cases = _cases(drilled.failed(proofs=(proof,)))
    assert cases["<&\"'>\ufffd\ufffd"] == ("failure", "\ufffd[31m]]>")
