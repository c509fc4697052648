"""What is changed in the Kubernetes provider before it is built."""

from pathlib import Path

import pytest

from tools import Fault
from tools.engine.kubernetes import complete


def test_a_module_that_an_edit_no_longer_fits_is_a_sentence(tmp_path: Path) -> None:
    source = tmp_path / "pkg" / "await" / "await.go"
    source.parent.mkdir(parents=True)
    source.write_text("package await\n")
    with pytest.raises(
        Fault, match=r"await\.go: it has no single 'if c\.ServerSideApply .*; adapt"
    ):
        complete(tmp_path)
