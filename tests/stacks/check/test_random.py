"""Whatever somebody writes, `check` answers in sentences; what it accepts can be rendered."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given

from components.gitops.application import sealing_certificate_is_valid
from stacks.check.rules.waivers import waived
from stacks.plan.plan import plan
from stacks.render.diff import called
from stacks.render.files import to_yaml
from stacks.render.owners import owned, synced
from tests import valid
from tests.drafts import Draft, drafts, few, lines, mended
from tests.support import faults_of

SENTENCE = re.compile(r"\S.*: .+; .+", re.DOTALL)


def _are_sentences(said: list[str]) -> None:
    for line in said:
        assert SENTENCE.fullmatch(line), f"not `place: fault; mend`: {line!r}"
        assert line.isprintable(), f"more than one line on a terminal: {line!r}"
        assert "Traceback" not in line
    assert len(said) == len(set(said)), f"said twice: {Counter(said).most_common(1)}"


@given(drafts(faulty=True))
def test_faulty_environments_get_sentences_and_the_same_ones_each_time(draft: Draft) -> None:
    said = lines(draft)
    _are_sentences(said)
    assert lines(draft) == said


@given(drafts())
def test_environments_that_look_sound_get_sentences_too(draft: Draft) -> None:
    _are_sentences(lines(draft))


@few
@given(drafts())
def test_an_environment_that_check_accepts_has_a_plan_and_is_rendered(draft: Draft) -> None:
    environment = mended(draft)
    declared = owned(environment).all
    manifests = list(synced(declared))
    assert manifests or not environment.databases, "with an S3 elsewhere nothing else is made"
    assert to_yaml(manifests).startswith("---" * bool(manifests))
    planned = plan("random", environment, declared, datetime.now(UTC))
    assert len(planned.databases) == len(environment.databases)
    objects = Counter(f"{it['apiVersion']} {it['kind']} {called(it)}" for it in manifests)
    assert set(objects.values()) <= {1}, f"declared twice: {objects.most_common(1)}"


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        (
            "databases.n8n.namespace",
            "n8n\nprod",
            r"databases.n8n.namespace: 'n8n\nprod' is not a Kubernetes name; write lower-case "
            "letters, digits and '-', first and last a letter or digit [name-is-dns-label]",
        ),
        (
            "databases.n8n.objectives.rpo",
            "99999999999d",
            "databases.n8n.objectives.rpo: '99999999999d' is longer than a hundred years; "
            "use a shorter one [duration-has-unit]",
        ),
        (
            "databases.n8n.backup.retention",
            "99999999999d",
            "databases.n8n.backup.retention: '99999999999d' is longer than a hundred years; "
            "use a shorter one [retention-has-unit]",
        ),
        (
            "object_store.gateways",
            10**5000,
            "object_store.gateways: it is too large; write 1 to 16",
        ),
    ],
    ids=["a name of two lines", "an RPO of eons", "a retention of eons", "a number of eons"],
)
def test_what_random_environments_found_is_said_in_one_line(
    place: str, value: object, line: str
) -> None:
    assert faults_of({place: value}) == [line]


def test_a_certificate_with_letters_that_are_not_ascii_is_no_certificate() -> None:
    (found,) = sealing_certificate_is_valid(
        "-----BEGIN CERTIFICATE-----\nÄÄÄÄ\n-----END CERTIFICATE-----"
    )
    assert found.message.startswith("it is not a certificate in PEM; ")


def test_a_reason_of_two_lines_is_printed_in_one() -> None:
    waiver = valid.waiver(
        place="object_store.gateways", because="the second gateway\ncomes in spring"
    )
    (line,) = waived(valid.homelab({"object_store.gateways": 1, "waivers": [waiver]}))
    assert line.endswith("; the second gateway comes in spring")
