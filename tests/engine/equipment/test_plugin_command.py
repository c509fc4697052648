"""The offline command plugin, driven by the real engine."""

import json
import signal
import time
from pathlib import Path

import pytest

from tests.engine.equipment.trial import Stack
from tools.build.toolchain import Toolchain

PRELUDE = """
import pulumi
from pulumi import CustomTimeouts, ResourceOptions
from pulumi_command import local, remote

"""


@pytest.fixture
def stack(tmp_path: Path, toolchain: Toolchain) -> Stack:
    return Stack(tmp_path, toolchain, PRELUDE)


def trace(stack: Stack) -> list[str]:
    """The traces that commands left in the program's folder."""
    left = stack.directory / "trace"
    return left.read_text().splitlines() if left.exists() else []


LIFE = """
c = local.Command("c",
    dir=DIR,
    create='echo "create $WORD" >> trace; echo made; echo warned >&2',
    update='echo "update $WORD after $PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR" >> trace; '
        'echo changed',
    delete='echo "delete $WORD after $PULUMI_COMMAND_STDOUT" >> trace',
    environment={"WORD": "WORDS"},
    triggers=["TRIGGER", 1],
)
pulumi.export("stdout", c.stdout)
pulumi.export("stderr", c.stderr)
""".replace("DIR", "__import__('os').getcwd()")


def life(word: str, trigger: str) -> str:
    return LIFE.replace("WORDS", word).replace("TRIGGER", trigger)


def test_a_command_is_made_changed_replaced_and_deleted(stack: Stack) -> None:
    stack.up(life("one", "a"))
    assert trace(stack) == ["create one"]
    assert (stack.output("stdout"), stack.output("stderr")) == ("made", "warned")
    assert "unchanged" in stack.up(life("one", "a"), "--expect-no-changes")
    assert trace(stack) == ["create one"]
    stack.up(life("two", "a"))
    assert trace(stack)[1:] == ["update two after made/warned"]
    assert stack.output("stdout") == "changed"
    said = stack.up(life("two", "b"))
    assert "replace" in said
    assert trace(stack)[2:] == ["create two", "delete two after changed"]
    stack.run("refresh", "--yes", "--skip-preview")
    stack.run("destroy", "--yes", "--skip-preview")
    assert trace(stack)[4:] == ["delete two after made"]


def test_without_an_update_script_a_change_runs_create_again(stack: Stack) -> None:
    text = """
c = local.Command("c", create="cat; echo WORD", stdin="fed ", interpreter=["/bin/sh", "-ec"],
    logging=local.Logging.STDERR)
pulumi.export("stdout", c.stdout)
"""
    stack.up(text.replace("WORD", "one"))
    assert stack.output("stdout") == "fed one"
    stack.up(text.replace("WORD", "two"))
    assert stack.output("stdout") == "fed two"


def test_a_preview_runs_nothing_and_knows_no_output(stack: Stack) -> None:
    stack.program("""
a = local.Command("a", create="touch trace; echo x", dir=__import__('os').getcwd())
local.Command("b", create="echo", stdin=a.stdout, triggers=[a.stdout])
""")
    said = stack.run("preview", "--diff").stdout
    assert "stdin   : [unknown]" in said
    assert trace(stack) == []


def test_a_failure_has_the_exit_code_and_the_end_of_stderr_and_no_secret(stack: Stack) -> None:
    said = stack.refused("""
local.Command("c", create="echo \\"the key is $KEY\\" >&2; env; exit 3",
    environment={"KEY": pulumi.Output.secret("hunter2-and-more"), "PLAIN": "plainly"})
""")
    assert "create of c: it ended with exit code 3; its stderr ends:" in said
    assert "the key is [secret]" in said
    assert "hunter2" not in said
    assert "Traceback" not in said
    assert "plainly" not in said.partition("Diagnostics:")[2]


def test_what_a_command_with_a_secret_input_prints_is_secret_too(stack: Stack) -> None:
    said = stack.up("""
c = local.Command("c", create="echo \\"it is $KEY\\"",
    environment={"KEY": pulumi.Output.secret("hunter2-and-more")})
pulumi.export("stdout", c.stdout)
""")
    assert "hunter2" not in said
    assert "hunter2" not in stack.run("stack", "export").stdout
    shown = stack.run("stack", "output", "--json", "--show-secrets").stdout
    assert json.loads(shown)["stdout"] == "it is hunter2-and-more"


def test_a_cancelled_up_ends_the_script_and_what_it_started(stack: Stack) -> None:
    stack.program("""
local.Command("c", create="echo $$ > trace; sleep 300 & wait", dir=__import__('os').getcwd())
""")
    running = stack.start_up()
    while not trace(stack):
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=20)
    assert "it was cancelled" in said
    assert _living(int(trace(stack)[0])) == []


def _living(session: int) -> list[str]:
    """Commands of *session* that still run; a container without an init keeps the dead ones."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        state, _, _, of, *_ = rest.split()
        if int(of) == session and state != "Z":
            found.append(name)
    return found


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        (
            'local.Command("c", create="true", asset_paths=["*"])',
            "the property assetPaths: the offline stand-in for the command plugin cannot do it; "
            "install the real one: pulumi plugin install resource command v1.2.1",
        ),
        (
            'remote.Command("c", create="true", connection={"host": "h"})',
            "command:remote:Command: the offline stand-in",
        ),
        ('local.run_output(command="true")', "the function command:local:run"),
        (
            'local.Command("c", create="true", dir="/nowhere")',
            "create of c: cannot start /bin/sh in /nowhere (No such file or directory)",
        ),
        (
            'local.Command("c", create="sleep 9", '
            'opts=ResourceOptions(custom_timeouts=CustomTimeouts(create="1s")))',
            "create of c: it took longer than 1 s",
        ),
    ],
)
def test_what_it_cannot_do_is_one_sentence(stack: Stack, program: str, sentence: str) -> None:
    stack.program(program)
    done = stack.run("up", "--yes", "--skip-preview", check=False)
    assert done.returncode
    assert sentence in done.stdout
