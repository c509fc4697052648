"""Certificates, as cert-manager reads them."""

import re

import pytest

from components.certificates import CertificateSpec, server_certificate
from components.spec.words import seconds


@pytest.mark.parametrize("duration", ["1h", "90m", "5401s", "365d"])
def test_a_lifetime_is_written_in_gos_units_and_keeps_its_length(duration: str) -> None:
    spec = CertificateSpec(name="tls", secret="tls", duration=duration)
    written = server_certificate(spec, ["db.example.org"], "ca")["duration"]
    assert re.fullmatch(r"\d+[hms]", written), "Go knows no days"
    assert seconds(written) == seconds(duration)
