"""The store of the archives is found."""

from tests.stacks.adopt.cases import ARCHIVE, adopted, cluster, said


def test_amazons_store_needs_no_ca_of_yours() -> None:
    archive = {"destinationPath": "s3://archive/", "s3Credentials": {"inheritFromIAMRole": True}}
    made = adopted(cluster(backup={"barmanObjectStore": archive, "retentionPolicy": "14d"}))
    assert vars(vars(made.environment)["object_store"]) == {"region": "us-east-1"}
    assert "no public CA" not in said(made, "fill in")


def test_a_ca_in_a_secret_with_a_dot_is_to_be_written_into_another() -> None:
    archive = ARCHIVE | {"endpointCA": {"name": "kube-root-ca.crt", "key": "ca.crt"}}
    made = adopted(cluster(backup={"barmanObjectStore": archive, "retentionPolicy": "14d"}))
    assert vars(vars(made.environment)["object_store"])["ca_secret"] == "object-store-ca"
    assert "'kube-root-ca.crt' has a dot" in said(made, "fill in")
