"""Pulumi as the workflows run it: a preview kept for the guard, and an `up` bound to it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stacks.command import Fault, say, write_atomically
from stacks.review.guard import read

ROOT = Path(__file__).resolve().parents[2]

KUBECONFIG = "TIER0_KUBECONFIG"
"""Variable with the text of a kubeconfig, as a secret holds it; else KUBECONFIG is used."""

_STDERR = 2000  # characters of an error that is kept; the last ones say what ended it


def missing_credentials(environ: Mapping[str, str]) -> str:
    """Return which credentials *environ* lacks, as text; empty if it has all."""
    lacks = []
    if not (environ.get("PULUMI_BACKEND_URL") or environ.get("PULUMI_ACCESS_TOKEN")):
        lacks.append("neither PULUMI_BACKEND_URL nor PULUMI_ACCESS_TOKEN is set")
    if not (environ.get(KUBECONFIG) or environ.get("KUBECONFIG")):
        lacks.append(f"{KUBECONFIG} is not set")
    return " and ".join(lacks)


def preview(
    environment: str,
    *,
    out: Path,
    plan: Path | None = None,
    required: bool = False,
    environ: Mapping[str, str] = os.environ,
    program: Path = ROOT,
) -> int:
    """Write the preview of *environment* to *out* and its update plan to *plan*.

    A failed preview is written too, for the guard to refuse: return 1 then. Without credentials the
    reason is written instead, or a Fault raised if they are *required*. GitHub gets the outcome as
    the output `made`, for later steps.
    """
    lacks = missing_credentials(environ)
    set_output(environ, "made", "false" if lacks else "true")
    out.parent.mkdir(parents=True, exist_ok=True)
    if plan:
        plan.parent.mkdir(parents=True, exist_ok=True)
        plan.unlink(missing_ok=True)  # never that of an earlier preview
    if lacks:
        reason = f"{lacks}; GitHub gives no secrets to pull requests of forks and of Dependabot"
        out.write_text(json.dumps({"skipped": reason}), encoding="utf-8")
        if required:
            raise Fault(environment, lacks, "add the secrets to its GitHub environment")
        mark = "::warning::" if environ.get("GITHUB_ACTIONS") else ""
        say(f"{mark}{environment}: nothing was previewed: {reason}")
        return 0
    arguments = ["preview", "--json", "--show-sames", f"--stack={environment}"]
    if plan:
        arguments.append(f"--save-plan={plan.absolute()}")
    done = subprocess.run(
        [*_pulumi(environ), *arguments],
        cwd=program,
        env=_environment(environ, program),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    document = _with_failure(done)
    out.write_text(json.dumps(document, indent=2), encoding="utf-8")
    if done.returncode:
        for diagnostic in document["diagnostics"]:
            if diagnostic["severity"] == "error":
                print(diagnostic["message"].strip(), file=sys.stderr)  # noqa: T201
        return 1
    say(f"{environment}: previewed, {len(document['steps'])} steps in {out}")
    return 0


def up(
    environment: str,
    *,
    plan: Path,
    environ: Mapping[str, str] = os.environ,
    program: Path = ROOT,
) -> int:
    """Deploy *environment* according to *plan*, and return Pulumi's exit status.

    The plan is that of the judged preview, so exactly that is deployed: Pulumi stops at a step or a
    value that is not in it. (An option that pulumi 3.250 calls experimental.) Raise Fault without
    the plan or credentials.
    """
    lacks = missing_credentials(environ)
    if lacks:
        raise Fault(environment, lacks, "add the secrets to its GitHub environment")
    if not plan.is_file():
        raise Fault(str(plan), "does not exist", "create it with `python -m stacks.review preview`")
    arguments = ["up", "--yes", f"--stack={environment}", f"--plan={plan.absolute()}"]
    return subprocess.run(
        [*_pulumi(environ), *arguments],
        cwd=program,
        env=_environment(environ, program),
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


def set_output(environ: Mapping[str, str], name: str, value: str) -> None:
    """Set the output *name* of this GitHub step; outside GitHub do nothing."""
    path = environ.get("GITHUB_OUTPUT")
    if path:
        with Path(path).open("a", encoding="utf-8") as sink:
            sink.write(f"{name}={value}\n")


def _pulumi(environ: Mapping[str, str]) -> list[str]:
    found = shutil.which("pulumi", path=environ.get("PATH"))
    if found is None:
        raise Fault("pulumi", "is not on the PATH", "install it in the version of the Python SDK")
    return [found, "--non-interactive", "--color=never"]


def _environment(environ: Mapping[str, str], program: Path) -> dict[str, str]:
    """Return the environment for Pulumi, with the kubeconfig in a file only for this user.

    GitHub passes an unset secret as an empty variable; it is left out, except the passphrase, which
    may be empty. The file's path is always the same, because `Provider` puts it into the
    state.
    """
    kept = {key: value for key, value in environ.items() if value or "PASSPHRASE" in key}
    text = kept.pop(KUBECONFIG, "")
    if text:
        path = program / ".tier0" / "review" / "kubeconfig"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text)
        kept["KUBECONFIG"] = str(path)
    # With it the preview would be a stream of events, which the guard refuses.
    kept.pop("PULUMI_ENABLE_STREAMING_JSON_PREVIEW", None)
    return kept


def _with_failure(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    """Return the printed preview; a failed one always says so in its diagnostics."""
    try:
        document = dict(read(done.stdout, "preview"))
    except Fault as fault:
        said = done.stderr.strip()[-_STDERR:] or str(fault)
        return {"diagnostics": [{"severity": "error", "message": said}]}
    diagnostics = list(document.get("diagnostics", []))
    if done.returncode and not any(item["severity"] == "error" for item in diagnostics):
        said = done.stderr.strip()[-_STDERR:] or f"exit status {done.returncode}"
        diagnostics.append({"severity": "error", "message": said})
    return document | {"diagnostics": diagnostics}
