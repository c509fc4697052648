"""Refuse a preview that deletes or replaces what holds data, or drops what protects it.

The shape is that of `pulumi preview --json`, pulumi 3.250: `PreviewDigest` in pkg/display/json.go,
filled in pkg/backend/display/json.go, and the operations in pkg/resource/deploy/step.go. Three
facts from there decide: a step whose inputs do not change is left out unless `--show-sames` asks
for it, even where it loses `retainOnDelete`; a state that cannot be written is left out of its
step without a word; a preview ends at the first protected object that it would delete.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.kube import HOLDS_DATA
from stacks.command import Fault

COMMAND = "pulumi preview --json --show-sames"
"""The command whose output can be judged."""

_DELETES = frozenset({"delete"})
_REPLACES = frozenset(
    {
        "replace",
        "create-replacement",
        "delete-replaced",
        "read-replacement",
        "import-replacement",
        "discard-replaced",
    }
)
_NEW = frozenset({"import", "read"})  # may begin or go on
_KEEPS = frozenset({"same", "update", "refresh", "diff"}) | _NEW
# No object of the stack ends by these: it is made, belongs to others, or has ended already.
_HARMLESS = frozenset({"create", "discard", "remove-pending-replace", "extend-parameterize"})
_KNOWN = _DELETES | _REPLACES | _KEEPS | _HARMLESS

_PROTECTED = re.compile(r"because it is protected|marked for protection")
_ERROR_LINE = re.compile(r"^(\w+\.)*\w*(Error|Exception|Exit): \S")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a preview does to what holds data."""

    steps: int
    holding: int
    """How many of its objects hold data."""

    faults: Sequence[str]
    """`place: fault; mend`, one for each object, then those of the preview itself."""

    @property
    def summary(self) -> str:
        """One sentence."""
        if self.faults:
            count = len(self.faults)
            return f"{count} fault{'' if count == 1 else 's'} in {self.steps} steps"
        return (
            f"{self.steps} steps, {self.holding} on objects holding data, "
            "none deletes or replaces one or drops its protection"
        )


def read(text: str, place: str) -> Mapping[str, Any]:
    """Return the preview in *text*, which came from *place*.

    Raise Fault where it is none: empty, cut off, another command's output, or not made at all.
    """
    again = f"run `{COMMAND}` again"
    if not text.strip():
        raise Fault(place, "is empty, so the preview failed before it began", again)
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        if text.lstrip().startswith('{"sequence"'):
            raise Fault(
                place,
                "is a stream of events, not a preview",
                f"unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW and {again}",
            ) from None
        said = str(error) if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise Fault(place, f"is not JSON, or was cut off ({said})", again) from None
    if isinstance(document, dict) and "skipped" in document:
        raise Fault(place, f"no preview was made: {document['skipped']}", "give it credentials")
    if not (isinstance(document, dict) and document.keys() & {"steps", "diagnostics"}):
        raise Fault(place, "is not what a preview prints", again)
    return document


def judge(preview: Mapping[str, Any], place: str = "preview") -> Verdict:
    """Return the verdict on *preview*, from *place*. Raise Fault where its shape is not known."""
    try:
        return _judge(preview, place)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Fault(
            place,
            f"has not the shape that pulumi 3.250 prints ({type(error).__name__}: {error})",
            "preview with that version, or teach stacks/review/guard.py the new shape",
        ) from None


def _judge(preview: Mapping[str, Any], place: str) -> Verdict:
    steps = preview.get("steps", [])
    made_again = {
        _identity(step["newState"]): _logical_name(step["urn"])
        for step in steps
        if step["op"] == "create" and step.get("newState")
    }
    faults: dict[str, str] = {}
    for step in steps:
        fault = _of_step(step, made_again)
        # A replacement is up to three steps; the one that replaces says why.
        if fault and (step["urn"] not in faults or step["op"] == "replace"):
            faults[step["urn"]] = fault
    holding = {
        step["urn"]
        for step in steps
        if _holds_data(step.get("oldState")) or _holds_data(step.get("newState"))
    }
    return Verdict(
        steps=len(steps),
        holding=len(holding),
        faults=[*faults.values(), *_of_preview(preview, place, faults.keys())],
    )


def _of_step(step: Mapping[str, Any], made_again: Mapping[Any, str]) -> str | None:
    """Return the sentence about a step that harms what holds data."""
    operation, old = step["op"], step.get("oldState")
    if operation not in _KNOWN:
        return (
            f"{step['urn']}: has the operation {operation}, which the guard does not know; "
            "teach stacks/review/guard.py what it does"
        )
    if operation in _HARMLESS:
        return None
    if old is None:
        if operation in _NEW:
            return None
        return (
            f"{step['urn']}: what it is now is not in the preview, so nobody can say whether it "
            f"holds data; run `{COMMAND}` again"
        )
    return _of_data(step, old, made_again) if _holds_data(old) else None


def _of_data(
    step: Mapping[str, Any], old: Mapping[str, Any], made_again: Mapping[Any, str]
) -> str | None:
    """Return the sentence about a step that harms *old*, which holds data."""
    name = describe(old)
    if step["op"] in _DELETES:
        fate = " from the stack, and its object left to nobody" if old.get("retainOnDelete") else ""
        return f"{name}: would be deleted{fate}; {_undelete(step, old, made_again)}"
    if step["op"] in _REPLACES:
        reasons = _reasons(step)
        because = f" because {_words(reasons)} change{'s' if len(reasons) == 1 else ''}"
        return f"{name}: would be replaced{because if reasons else ''}; {_unreplace(reasons)}"
    new = step.get("newState")
    if new is None:
        return (
            f"{name}: what it would be is not in the preview, so nobody can say whether it stays "
            f"protected; run `{COMMAND}` again"
        )
    lost = [word for word, is_there in _PROTECTION if is_there(old) and not is_there(new)]
    if not lost:
        return None
    return (
        f"{name}: would lose {_words(lost)}, so that a later change could delete it unseen; "
        "leave its keep=True, or run `pulumi up` by hand where that is meant"
    )


def _of_preview(
    preview: Mapping[str, Any], place: str, explained: Collection[str]
) -> Iterator[str]:
    """Yield a sentence for each reason not to trust the preview as a whole."""
    diagnostics = preview.get("diagnostics", [])
    errors = [item for item in diagnostics if item["severity"] == "error"]
    others = [
        item
        for item in errors
        if item["message"].strip() != "error: preview failed"
        and not (item.get("urn") in explained and _PROTECTED.search(item["message"]))
    ]
    for error in others:
        yield f"{place}: failed: {_said(error, diagnostics)}; mend that and preview again"
    if errors and not others:
        yield (
            f"{place}: failed at {'what is named above' if explained else 'what its log names'}, "
            "so more may follow; mend that and preview again"
        )
    if preview.get("maybeCorrupt"):
        yield f"{place}: says that the state may be corrupt; run `pulumi refresh` by hand first"
    if errors:
        return
    summary = preview.get("changeSummary")
    if not (summary and preview.get("steps")):
        yield f"{place}: has no steps or no summary, so it is not whole; run `{COMMAND}` again"
        return
    shown = Counter(step["op"] for step in preview["steps"])
    if summary.get("same", 0) > shown["same"]:
        yield (
            f"{place}: leaves out {summary['same'] - shown['same']} unchanged objects, which may "
            f"lose `retain_on_delete` unseen; run `{COMMAND}`"
        )
    for operation, count in summary.items():
        if operation != "same" and count > shown[operation]:
            yield (
                f"{place}: tells of {count} {operation} and shows {shown[operation]}, so it is "
                f"not whole; run `{COMMAND}` again"
            )


def describe(state: Mapping[str, Any]) -> str:
    """Return `namespace/name (Kind)` of an object, or a resource's logical name and type."""
    inputs = state.get("inputs") or {}
    metadata = inputs.get("metadata")
    if not (isinstance(metadata, dict) and "name" in metadata):
        return f"{_logical_name(state['urn'])} ({state['type']})"
    where = f"{metadata['namespace']}/" if "namespace" in metadata else ""
    return f"{where}{metadata['name']} ({inputs.get('kind', state['type'])})"


def _holds_data(state: Mapping[str, Any] | None) -> bool:
    return state is not None and any(is_there(state) for _, is_there in _PROTECTION)


def _annotated(state: Mapping[str, Any]) -> bool:
    # A metadata that is secret or not known yet is a text here.
    value: Any = state.get("inputs") or {}
    for key in ("metadata", "annotations"):
        value = value.get(key) if isinstance(value, dict) else None
    return isinstance(value, dict) and HOLDS_DATA in value


_PROTECTION: Sequence[tuple[str, Callable[[Mapping[str, Any]], object]]] = (
    ("`protect`", lambda state: state.get("protect")),
    ("`retain_on_delete`", lambda state: state.get("retainOnDelete")),
    (f"the annotation {HOLDS_DATA}", _annotated),
)
"""What keeps an object from being deleted, and what tells whether a state has it."""


def _identity(state: Mapping[str, Any]) -> tuple[str, str]:
    """Return what makes it one and the same object to the API server: kind, namespace, name."""
    return describe(state), str((state.get("inputs") or {}).get("apiVersion", "")).split("/")[0]


def _logical_name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _reasons(step: Mapping[str, Any]) -> list[str]:
    """Return the fields whose change replaces it, as exactly as the preview tells."""
    detailed = step.get("detailedDiff") or {}
    exact = [path for path, diff in detailed.items() if diff["kind"].endswith("-replace")]
    return exact or list(step.get("replaceReasons") or [])


def _undelete(
    step: Mapping[str, Any], old: Mapping[str, Any], made_again: Mapping[Any, str]
) -> str:
    again = made_again.get(_identity(old))
    if again:
        return (
            f"{again} is the same object under another name, so give its component "
            "`aliases=[pulumi.Alias(name=...)]` with the old one"
        )
    return (
        "put its declaration back, or let go of it by hand with "
        f"`pulumi state delete --force '{step['urn']}'`, which leaves the object in the cluster"
    )


def _unreplace(reasons: Sequence[str]) -> str:
    if "provider" in reasons:
        return "put the provider's name and cluster_identifier back"
    if {"metadata.name", "metadata.namespace"} & set(reasons):
        return (
            "put the old name back: an object is not renamed, and a database under another name "
            "is a new one, restored from the archive"
        )
    return "take that change back, or declare a new object beside it"


def _said(error: Mapping[str, Any], diagnostics: Sequence[Mapping[str, Any]]) -> str:
    """Return an error in one line: of a traceback, only what was raised."""
    lines = [line.strip() for line in error["message"].removeprefix("error: ").splitlines()]
    lines = [line for line in lines if line]
    raised = [line for line in lines if _ERROR_LINE.match(line)]
    if any(line.startswith("Traceback ") for line in lines):
        lines = raised[-1:] or lines[-1:]
    elif error["message"].strip().endswith("program exited with non-zero exit code: 1"):
        # The old language host prints the traceback apart, line by line.
        printed = [item["message"].strip() for item in diagnostics]
        lines += [line for line in printed if _ERROR_LINE.match(line)][-1:]
    return "; ".join(lines)[:1000] or "it does not say why"


def _words(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
