"""One comment on the pull request for each environment, replaced by every later run.

It is found again by a mark in its first line. Facts about GitHub: `gh api --paginate` prints one
JSON array a page, or since 2.48 all in one; a pull request of a fork or of Dependabot runs without
secrets and with a token that only reads (GitHub docs, "GITHUB_TOKEN reference").
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stacks.command import Fault, say
from stacks.review import guard
from stacks.review.deployment import ROOT
from stacks.review.markdown import COMMENT, compare, fenced, to_markdown

# Bytes of each part, so that the objects always keep half of the comment.
_CHECK, _FAULTS, _STEPS, _PLAN = 4_000, 8_000, 8_000, 10_000


def mark(environment: str) -> str:
    """Return the first line of the comment about *environment*."""
    return f"<!-- tier0 review of {environment} -->"


def write(
    environment: str,
    *,
    base: str | None = None,
    preview: Path | None = None,
    program: Path = ROOT,
) -> str:
    """Return the comment about *environment*: check, preview, objects compared with *base*, plan.

    *base* is a git commit. Whatever is unavailable is replaced by a sentence, never an error.
    """
    check = _stacks(program, "check", environment)
    sound = check.returncode == 0
    parts = [f"{mark(environment)}\n## {environment}\n"]
    if sound:
        parts.append(f"**Check**: {check.stdout.strip().removeprefix(f'{environment}: ')}\n")
    else:
        parts.append(f"**Check**: faults found\n\n{fenced(_said(check), _CHECK)}")
    parts.append(_preview(preview))
    plan = _plan(environment, program) if sound else ""
    left = COMMENT - sum(len(f"{part}\n".encode()) for part in [*parts, plan]) - 100
    if not sound:
        parts.append("**Objects**: none can be rendered until the check passes\n")
    elif base is None:
        parts.append("**Objects**: not compared, because no base was given\n")
    else:
        parts.append(_objects(environment, base, program, left))
    return "\n".join(part for part in [*parts, plan] if part)


def post(environment: str, body: str, environ: Mapping[str, str] = os.environ) -> None:
    """Put *body* on the pull request of this run, replacing an earlier one; else say why not.

    It always goes into the job's summary too. Raise Fault if `gh` or GitHub refuses.
    """
    summary = environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as sink:
            sink.write(f"{body}\n")
    event = _event(environ)
    repository = environ.get("GITHUB_REPOSITORY", "")
    request = event.get("pull_request")
    if not (repository and isinstance(request, dict)):
        raise Fault("comment", "this run does not belong to a pull request", "leave --post out")
    origin = ((request.get("head") or {}).get("repo") or {}).get("full_name")
    author = (request.get("user") or {}).get("login")
    if origin != repository or author == "dependabot[bot]":
        whose = "Dependabot" if origin == repository else "a fork"
        say(
            f"{environment}: no comment, because GitHub gives a pull request of {whose} a token "
            "that only reads; it is in the job's summary"
        )
        return
    comments = f"repos/{repository}/issues/{request['number']}/comments"
    earlier = [
        comment["id"]
        for page in _documents(_gh("api", "--paginate", f"{comments}?per_page=100"))
        for comment in page
        # Anyone may write our mark; only a bot's comment may be replaced.
        if comment["user"]["type"] == "Bot"
        and (comment["body"] or "").startswith(mark(environment))
    ]
    where = (
        ["--method=PATCH", f"repos/{repository}/issues/comments/{earlier[0]}"]
        if earlier
        else ["--method=POST", comments]
    )
    _gh("api", *where, "--silent", "--input=-", given=json.dumps({"body": body}))
    say(f"{environment}: comment {'replaced' if earlier else 'made'}")


def _preview(path: Path | None) -> str:
    if path is None or not path.is_file():
        return "**Preview**: none was made\n"
    text = path.read_text("utf-8")
    try:
        document = guard.read(text, "preview")
        verdict = guard.judge(document)
    except Fault as fault:
        return f"**Preview**: {str(fault).removeprefix('preview: ')}\n"
    steps = [step for step in document.get("steps", []) if step["op"] != "same"]
    counts = Counter(step["op"] for step in steps)
    words = ", ".join(f"{count} {op}" for op, count in sorted(counts.items())) or "no changes"
    parts = [f"**Guard**: {verdict.summary}\n"]
    if verdict.faults:
        parts.append(fenced("\n".join(verdict.faults), _FAULTS))
    if steps:
        parts.append(_folded(f"Preview: {words}", "\n".join(map(_line, steps)), _STEPS))
    else:
        parts.append(f"**Preview**: {words}\n")
    return "\n".join(parts)


def _line(step: Mapping[str, Any]) -> str:
    state = step.get("oldState") or step.get("newState") or {"urn": step["urn"], "type": "?"}
    paths = ", ".join(step.get("detailedDiff") or {})
    return f"{step['op']} {guard.describe(state)}{f': {paths}' if paths else ''}"


def _plan(environment: str, program: Path) -> str:
    done = _stacks(program, "plan", environment)
    if done.returncode:
        return f"**Plan**: none\n\n{fenced(_said(done), _CHECK)}"
    text = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    return _folded("Plan", text, _PLAN)


def _objects(environment: str, base: str, program: Path, limit: int) -> str:
    """Return the comparison with *base*, or the sentence why there is none."""
    with tempfile.TemporaryDirectory() as scratch:
        head_tree, base_tree = Path(scratch, "head"), Path(scratch, "base")
        base_tree.mkdir()
        done = _stacks(program, "render", environment, "--out", str(head_tree))
        if done.returncode:
            return f"**Objects**: cannot be rendered\n\n{fenced(_said(done), _CHECK)}"
        note = ""
        try:
            with _worktree(base, program, Path(scratch, "checkout")) as checkout:
                if not (checkout / "stacks" / f"{environment}.py").is_file():
                    note = "\nThe environment is new.\n"
                else:
                    done = _stacks(checkout, "render", environment, "--out", str(base_tree))
        except Fault as fault:
            return f"**Objects**: not compared; {fault}\n"
        if done.returncode:
            return (
                "**Objects**: not compared, because the base cannot be rendered\n\n"
                f"{fenced(_said(done), _CHECK)}"
            )
        return to_markdown(compare(base_tree, head_tree), limit - len(note)) + note


@contextmanager
def _worktree(commit: str, program: Path, folder: Path) -> Iterator[Path]:
    """Check out *commit* next to this checkout, for as long as it is used."""

    def git(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = ["git", "-C", str(program), "worktree", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = git("add", "--detach", str(folder), commit)
    if done.returncode:
        raise Fault(f"base {commit}", f"cannot be checked out ({_last(done)})", "fetch it first")
    try:
        yield folder
    finally:
        git("remove", "--force", str(folder))


def _stacks(program: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `python -m stacks` of the checkout *program*, with this interpreter's packages."""
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-m", "stacks", *arguments],
        cwd=program,
        # A table is folded at the width of a terminal, and a comment is wider than none.
        env=environ | {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _said(done: "subprocess.CompletedProcess[str]") -> str:
    """Return what a failed command said; of a traceback, only its last line."""
    text = done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}"
    return _last(done) if "Traceback (most recent call last)" in text else text


def _last(done: "subprocess.CompletedProcess[str]") -> str:
    return (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]


def _folded(title: str, text: str, limit: int) -> str:
    return f"<details><summary>{title}</summary>\n\n{fenced(text, limit)}</details>\n"


def _event(environ: Mapping[str, str]) -> dict[str, Any]:
    path = environ.get("GITHUB_EVENT_PATH")
    event = json.loads(Path(path).read_text("utf-8")) if path else {}
    return event if isinstance(event, dict) else {}


def _documents(text: str) -> Iterator[Any]:
    """Yield each JSON document of *text*; pages stand behind one another."""
    decoder = json.JSONDecoder()
    text = text.strip()
    while text:
        document, end = decoder.raw_decode(text)
        yield document
        text = text[end:].lstrip()


def _gh(*arguments: str, given: str | None = None) -> str:
    found = shutil.which("gh")
    if found is None:
        raise Fault("gh", "is not on the PATH", "install GitHub's command line")
    done = subprocess.run(
        [found, *arguments], input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Fault(
            "gh api", f"GitHub refused ({_last(done)})", "see the workflow's permissions and token"
        )
    return done.stdout
