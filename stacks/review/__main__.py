"""`python -m stacks.review`: the commands of the pull request and deployment workflows."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from stacks.check import environments
from stacks.command import Fault, run_command
from stacks.review import comment, deployment, guard
from stacks.review import markdown as difference

Command = Callable[[argparse.Namespace], int]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def _guard(arguments: argparse.Namespace) -> int:
    path = arguments.preview
    place = "preview" if path == "-" else path
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(place, f"cannot be read ({error})", "create it with `preview` first") from None
    verdict = guard.judge(guard.read(text, place), place)
    if verdict.faults:
        print("\n".join(verdict.faults), file=sys.stderr)
        return 1
    print(verdict.summary)
    return 0


def _environments(arguments: argparse.Namespace) -> int:
    names, only = environments(), arguments.only
    if only and only not in names:
        raise Fault(only, "is not an environment", f"choose one of {', '.join(names)}")
    for name in names:
        # It becomes part of a command line and of the name of a GitHub environment.
        if not _NAME.fullmatch(name):
            raise Fault(f"stacks/{name}.py", "has an unsafe name", "use only a-z, 0-9, - and _")
    listed = json.dumps([only] if only else names)
    print(listed)
    deployment.set_output(os.environ, "environments", listed)
    return 0


def _comment(arguments: argparse.Namespace) -> int:
    body = comment.write(arguments.environment, base=arguments.base, preview=arguments.preview)
    if arguments.post:
        comment.post(arguments.environment, body)
    else:
        print(body)
    return 0


def _diff(arguments: argparse.Namespace) -> int:
    print(difference.to_markdown(difference.compare(arguments.base, arguments.head)))
    return 0


def _preview(arguments: argparse.Namespace) -> int:
    return deployment.preview(
        arguments.environment,
        out=arguments.out,
        plan=arguments.plan,
        required=arguments.credentials == "required",
    )


def _up(arguments: argparse.Namespace) -> int:
    return deployment.up(arguments.environment, plan=arguments.plan)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="python -m stacks.review", description=__doc__)
    commands = made.add_subparsers(required=True)

    def command(name: str, run: Command, summary: str) -> argparse.ArgumentParser:
        subparser = commands.add_parser(name, help=summary, description=summary)
        subparser.set_defaults(run=run)
        return subparser

    listing = command("environments", _environments, "print the names of environments as JSON")
    listing.add_argument("--only", default="", metavar="NAME", help="only this one, if not empty")
    differing = command("diff", _diff, "compare two rendered trees, as Markdown")
    differing.add_argument("base", type=Path)
    differing.add_argument("head", type=Path)
    previewing = command("preview", _preview, "preview an environment into a file")
    previewing.add_argument("environment")
    previewing.add_argument("--out", type=Path, required=True, metavar="FILE")
    previewing.add_argument("--plan", type=Path, metavar="FILE", help="for `up`")
    previewing.add_argument(
        "--credentials",
        choices=("required", "optional"),
        default="optional",
        help="whether to fail without credentials",
    )
    guarding = command("guard", _guard, "refuse a preview that deletes or replaces data")
    guarding.add_argument(
        "preview", nargs="?", default="-", help=f"what `{guard.COMMAND}` printed; else stdin"
    )
    commenting = command("comment", _comment, "write or post the comment about an environment")
    commenting.add_argument("environment")
    commenting.add_argument(
        "--base", metavar="COMMIT", help="compare the objects with this commit's"
    )
    commenting.add_argument("--preview", type=Path, metavar="FILE")
    commenting.add_argument(
        "--post", action="store_true", help="post it on this run's pull request"
    )
    deploying = command("up", _up, "deploy exactly what was previewed")
    deploying.add_argument("environment")
    deploying.add_argument("--plan", type=Path, required=True, metavar="FILE")
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command of *argv*, by default this process', and return its exit status."""
    arguments = parser().parse_args(argv)
    return run_command(lambda: int(arguments.run(arguments)))


if __name__ == "__main__":
    sys.exit(main())
