"""What the fields of every spec hold, whatever room they are in, and what follows from them."""

import pytest

from stacks.check.partly import annotation_of
from stacks.check.sentences import specs_of
from stacks.environment import EnvironmentSpec
from tests import valid
from tests.drafts import NINES, specs_in, taker

FIELDS = {
    f"{spec.__name__}.{name}": taker(annotation_of(field))
    for spec in specs_in(EnvironmentSpec)
    for name, field in spec.model_fields.items()
    if not any(specs_of(field.annotation))
}
YES: object = True
NUMBERS = [place for place, takes in FIELDS.items() if takes(1) and not takes(YES)]
AMOUNTS = {
    unit: [place for place, takes in FIELDS.items() if takes(f"2{unit}") and not takes("two")]
    for unit in ("d", "h", "Gi", "Pi", "m", "w", "")
}


def test_a_claim_says_who_reads_its_bucket_where_rook_is_known_to_allow_it() -> None:
    others = valid.object_store(bucket_policies=True)
    assert not valid.environment().bucket_policies, "by default Rook refuses such a claim"
    assert valid.environment(object_store=others).bucket_policies
    assert valid.environment(operators=valid.operators()).bucket_policies
    without = valid.operators(install=["cert-manager", "cloudnative-pg", "barman-cloud"])
    assert not valid.environment(operators=without).bucket_policies


def test_there_are_numbers_and_amounts_to_look_at() -> None:
    assert len(NUMBERS) > 10
    assert {"PostgresSpec.storage", "BucketClaimSpec.quota"} <= set(AMOUNTS["Gi"])
    assert {"TimersSpec.failover", "BackupSpec.retention"} <= set(AMOUNTS["d"])
    assert "ResourcesSpec.cpu" in AMOUNTS["m"]


@pytest.mark.parametrize("place", NUMBERS)
def test_every_number_has_an_end_on_both_sides(place: str) -> None:
    taken = [it for it in (-1, 0, 2**63, 10**5000) if FIELDS[place](it)]
    assert taken == []


@pytest.mark.parametrize("unit", AMOUNTS)
def test_no_amount_has_more_digits_than_any_other_side_holds(unit: str) -> None:
    assert [place for place in AMOUNTS[unit] if FIELDS[place](NINES + unit)] == []
    assert [place for place in AMOUNTS[unit] if FIELDS[place](f"{10**18}{unit}")] == []
