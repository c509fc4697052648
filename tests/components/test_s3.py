"""An S3 elsewhere, as its spec says it."""

import pytest

from tests.valid import LEFT_OUT, s3


@pytest.mark.parametrize(
    ("region", "address"),
    [
        ("eu-central-1", "https://s3.eu-central-1.amazonaws.com"),
        ("us-gov-west-1", "https://s3.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "https://s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_without_an_address_it_is_aws_in_that_region(region: str, address: str) -> None:
    store = s3(region=region, endpoint=LEFT_OUT)
    assert (store.address, store.port) == (address, 443)


def test_an_address_is_that_of_the_store_with_its_port() -> None:
    store = s3(endpoint="https://NAS.example.org:9000/", region="garage")
    assert (store.address, store.host) == ("https://nas.example.org:9000", "nas.example.org")
    assert store.port == 9000
