"""A Python that forks does for a program what Python does."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.engine.warm import warm_python

PROGRAM = """
import json, os, sys
print(json.dumps({
    "arguments": sys.argv[1:], "folder": os.getcwd(), "environment": os.environ["GIVEN"],
    "input": sys.stdin.read(), "beside": __import__("beside").VALUE,
    "libraries": "yaml" in sys.modules, "project": "tools" in sys.modules,
}))
sys.exit(7)
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with warm_python(tmp_path_factory.mktemp("warm"), ["yaml", "tools"]) as made:
        yield made


def test_a_program_runs_as_in_a_python_that_starts(python: Path, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "beside.py").write_text("VALUE = 5")
    (tmp_path / "folder").mkdir()
    done = subprocess.run(
        [python, "-u", "../program.py", "-m", "a b"],
        cwd=tmp_path / "folder",
        env={"GIVEN": "x\ny"},
        input="said",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (7, "")
    assert json.loads(done.stdout) == {
        "arguments": ["-m", "a b"],
        "folder": str(tmp_path / "folder"),
        "environment": "x\ny",
        "input": "said",
        "beside": 5,
        "libraries": True,
        "project": False,
    }


def test_a_module_is_found_where_python_would_find_it(python: Path, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    for folder, value in ((tmp_path, "path"), (tmp_path / "inside", "here")):
        (folder / "told.py").write_text(f"print('{value}')")
    for flags, told in (([], "here"), (["-P"], "path")):
        done = subprocess.run(
            [python, *flags, "-m", "told"],
            cwd=tmp_path / "inside",
            env={"PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.returncode) == (f"{told}\n", 0), done.stderr


def test_an_exception_is_a_traceback_and_exit_code_1(python: Path, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("raise ValueError('wrong')")
    done = subprocess.run(
        [python, tmp_path / "program.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.endswith("ValueError: wrong\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_runs_ends_with_the_process_that_was_started(
    python: Path, tmp_path: Path, number: signal.Signals
) -> None:
    program = tmp_path / "program.py"
    program.write_text("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)")
    with subprocess.Popen(
        [python, program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as started:
        assert started.stdout
        inner = int(started.stdout.readline())
        started.send_signal(number)
        started.wait(timeout=60)
    deadline = time.monotonic() + 60
    while Path(f"/proc/{inner}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{inner}").exists()


def test_what_is_neither_a_module_nor_a_file_is_for_python(python: Path) -> None:
    command = [str(python), "-c", "import sys; print('yaml' in sys.modules)"]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
