"""The policy about generations, as it is declared; tests/engine has what the API server does."""

import re

import pytest

from components.postgres.policies import GenerationPolicies, generation_policy
from stacks.render.recorder import record

MESSAGES = [it["message"] for it in generation_policy()["validations"]]


def test_the_policy_is_in_force_by_a_binding_that_waits_for_it() -> None:
    recording = record(lambda: GenerationPolicies("generations"))
    policy, binding = recording.manifests()
    assert policy["spec"] == generation_policy()
    assert binding["spec"] == {
        "policyName": policy["metadata"]["name"],
        "validationActions": ["Deny"],
    }
    assert [number for _, number in recording.waves()] == [0, 1]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_refusal_is_a_sentence_with_its_fault_and_what_to_write(message: str) -> None:
    assert re.fullmatch(r"[^;\n]+; write [^;\n]+[^.\n]", message)


def test_each_validation_has_its_message() -> None:
    assert len(set(MESSAGES)) == len(MESSAGES)
