"""The workflow on the page about pipelines is one that GitHub accepts."""

import subprocess
from pathlib import Path

from tests.support import ROOT
from tests.tools.docs.test_ci_gate import BLOCKS
from tools.build.toolchain import Toolchain


def test_actionlint_finds_nothing_in_the_workflow_of_the_page(
    toolchain: Toolchain, tmp_path: Path
) -> None:
    _, workflow, _ = BLOCKS
    path = tmp_path / "drill.yml"
    path.write_text(workflow)
    done = subprocess.run(
        [toolchain.binary("actionlint"), "-no-color", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
