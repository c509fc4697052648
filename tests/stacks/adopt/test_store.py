"""The store of the archives is found."""

from tests.stacks.adopt.cases import adopted, cluster, said


def test_amazons_store_needs_no_ca_of_yours() -> None:
    archive = {"destinationPath": "s3://archive/", "s3Credentials": {"inheritFromIAMRole": True}}
    made = adopted(cluster(backup={"barmanObjectStore": archive, "retentionPolicy": "14d"}))
    assert vars(vars(made.environment)["object_store"]) == {"region": "us-east-1"}
    assert "no public CA" not in said(made, "fill in")
