"""What the tests of a review share: its command in this process, a fake pulumi and gh."""

import io
import os
import sys
from pathlib import Path

import pytest

from stacks.review.__main__ import main
from tests.stacks.review.previews import Done, Review


@pytest.fixture
def review(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Review:
    """Return what runs `python -m stacks.review` in this process."""

    def run(*arguments: str, given: str = "") -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        return Done(main(arguments), *capsys.readouterr())

    return run


FAKE_PULUMI = """#!/bin/sh
# A fake pulumi for tests/stacks/review.
[ "$1" = --non-interactive ] || exit 99
echo "$@" >>"$FAKE/calls"
cat "${KUBECONFIG:-/dev/null}" >"$FAKE/kubeconfig"
cat "$FAKE/stdout"
cat "$FAKE/stderr" >&2
exit "$(cat "$FAKE/status")"
"""

FAKE_GH = """#!/bin/sh
# A fake gh for tests/stacks/review.
echo "$@" >>"$FAKE/calls"
case "$*" in
*--paginate*) cat "$FAKE/comments" ;;
*) cat >"$FAKE/sent" ;;
esac
exit "$(cat "$FAKE/status")"
"""


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """Return a folder with a fake pulumi and gh that says what it was asked."""
    folder = tmp_path / "fake"
    folder.mkdir()
    for name, text in {"pulumi": FAKE_PULUMI, "gh": FAKE_GH}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    for name, text in {"stdout": "", "stderr": "", "status": "0", "comments": "[]"}.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def credentials(fake: Path) -> dict[str, str]:
    return {
        "PATH": f"{fake}:{os.environ['PATH']}",
        "FAKE": str(fake),
        "PULUMI_BACKEND_URL": "file:///nowhere",
        "KUBECONFIG": "",
        "TIER0_KUBECONFIG": "text of a kubeconfig",
    }
