"""Refuse a preview that deletes or replaces what holds data, or drops its protection.

It refuses a change that cannot be made too (stacks/changes.py).

The shape is that of `pulumi preview --json`, pulumi 3.250: `PreviewDigest` in pkg/display/json.go,
filled in pkg/backend/display/json.go, and the operations in pkg/resource/deploy/step.go. Three
facts from there matter: a step with unchanged inputs is left out without `--show-sames`, even if it
loses `retainOnDelete`; a state that cannot be written is silently left out of its step; a preview
ends at the first protected object that it would delete.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.kube import HOLDS_DATA
from components.kube.change import text_at
from components.postgres.generations import FENCED, GENERATION
from stacks.changes import as_object, judged, refused
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
_NEW = frozenset({"import", "read"})  # may start or continue to exist
_KEEPS = frozenset({"same", "update", "refresh", "diff"}) | _NEW
# These delete no object of the stack: it is created, belongs to others, or is already deleted.
_HARMLESS = frozenset({"create", "discard", "remove-pending-replace", "extend-parameterize"})
_KNOWN = _DELETES | _REPLACES | _KEEPS | _HARMLESS

_PROTECTED = re.compile(r"because it is protected|marked for protection")
_ERROR_LINE = re.compile(r"^(\w+\.)*\w*(Error|Exception|Exit): \S")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a preview does to objects that hold data."""

    steps: int
    holding: int
    """How many of its objects hold data."""

    faults: Sequence[str]
    """`place: fault; fix`, one for each object, then those of the preview itself."""

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

    Raise Fault if it is not a preview: empty, truncated, another command's output, or skipped.
    """
    again = f"run `{COMMAND}` again"
    if not text.strip():
        raise Fault(place, "is empty, so the preview failed before it started", again)
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
        raise Fault(place, f"is not JSON, or is truncated ({said})", again) from None
    if isinstance(document, dict) and "skipped" in document:
        raise Fault(place, f"no preview was made: {document['skipped']}", "give it credentials")
    if not (isinstance(document, dict) and document.keys() & {"steps", "diagnostics"}):
        raise Fault(place, "is not what a preview prints", again)
    return document


def judge(preview: Mapping[str, Any], place: str = "preview") -> Verdict:
    """Return the verdict on *preview*, from *place*. Raise Fault if its shape is unknown."""
    try:
        return _judge(preview, place)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Fault(
            place,
            f"does not have the shape that pulumi 3.250 prints ({type(error).__name__}: {error})",
            "preview with that version, or add the new shape to stacks/review/guard.py",
        ) from None


def _judge(preview: Mapping[str, Any], place: str) -> Verdict:
    steps = preview.get("steps", [])
    made_again = {
        _identity(step["newState"]): _logical_name(step["urn"])
        for step in steps
        if step["op"] == "create" and step.get("newState")
    }
    retired = {name for step in steps if (name := _retired(step.get("newState")))}
    faults: dict[str, str] = {}
    for step in steps:
        fault = _of_step(step, made_again, retired)
        # A replacement has up to three steps; the replacing step says why.
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


def _of_step(
    step: Mapping[str, Any], made_again: Mapping[Any, str], retired: Collection[str]
) -> str | None:
    """Return the sentence about a step that harms what holds data.

    An update may lift the protection of Clusters that are *retired*, and of their parts.
    """
    operation, old = step["op"], step.get("oldState")
    if operation not in _KNOWN:
        return (
            f"{step['urn']}: has the operation {operation}, which the guard does not know; add it "
            "to stacks/review/guard.py"
        )
    if operation in _HARMLESS:
        return None
    if old is None:
        if operation in _NEW:
            return None
        return (
            f"{step['urn']}: its current state is not in the preview, so it may hold data; run "
            f"`{COMMAND}` again"
        )
    # What becomes protected with a change that replaces it is replaced before it is protected.
    replaced = operation in _REPLACES and _holds_data(step.get("newState"))
    given_up = operation == "update" and _names(step.get("newState") or {**old}) & {*retired}
    harms = not given_up and (replaced or _holds_data(old))
    harm = _of_data(step, old, made_again) if harms else None
    return harm or _impossible(old, step.get("newState"))


def _retired(state: Mapping[str, Any] | None) -> str:
    """Return the name of a Cluster that is declared as given up; "" for everything else.

    It is marked as a generation, stopped, and no longer protected.
    """
    inputs = (state or {}).get("inputs") or {}
    stopped = text_at(inputs, "metadata", "annotations", FENCED)
    marked = text_at(inputs, "metadata", "labels", GENERATION)
    return describe(state) if state and stopped and marked and not _holds_data(state) else ""


def _names(state: Mapping[str, Any]) -> set[str]:
    """Return the name of an object, and that of the Cluster that it is a part of, if any."""
    inputs = state.get("inputs") or {}
    namespace = text_at(inputs, "metadata", "namespace")
    cluster = text_at(inputs, "spec", "cluster", "name")
    return {describe(state), f"{namespace}/{cluster} (Cluster)"}


def _impossible(old: Mapping[str, Any], new: Mapping[str, Any] | None) -> str | None:
    """Return the sentence about the first thing that the change of *old* cannot do."""
    before, after = (as_object(old["type"], (it or {}).get("inputs") or {}) for it in (old, new))
    found = [it for it in judged(before, after, old.get("outputs")) if refused(it)]
    return f"{describe(old)}: {found[0]}" if found else None


def _of_data(
    step: Mapping[str, Any], old: Mapping[str, Any], made_again: Mapping[Any, str]
) -> str | None:
    """Return the sentence about a step that harms *old*, which holds data."""
    name = describe(old)
    if step["op"] in _DELETES:
        fate = " from the stack, and its object left unmanaged" if old.get("retainOnDelete") else ""
        return f"{name}: would be deleted{fate}; {_undelete(step, old, made_again)}"
    if step["op"] in _REPLACES:
        reasons = _reasons(step)
        because = f" because {_words(reasons)} change{'s' if len(reasons) == 1 else ''}"
        return f"{name}: would be replaced{because if reasons else ''}; {_unreplace(reasons)}"
    new = step.get("newState")
    if new is None:
        return (
            f"{name}: its new state is not in the preview, so it may lose its protection; run "
            f"`{COMMAND}` again"
        )
    lost = [word for word, is_there in _PROTECTION if is_there(old) and not is_there(new)]
    if not lost:
        return None
    return (
        f"{name}: would lose {_words(lost)}, so a later change could delete it unnoticed; keep its "
        "keep=True, or run `pulumi up` by hand if that is intended"
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
        yield f"{place}: failed: {_said(error, diagnostics)}; fix that and preview again"
    if errors and not others:
        yield (
            f"{place}: failed at {'what is named above' if explained else 'what its log names'}, "
            "so more may follow; fix that and preview again"
        )
    if preview.get("maybeCorrupt"):
        yield f"{place}: says that the state may be corrupt; run `pulumi refresh` by hand first"
    if errors:
        return
    summary = preview.get("changeSummary")
    if not (summary and preview.get("steps")):
        yield f"{place}: has no steps or no summary, so it is incomplete; run `{COMMAND}` again"
        return
    shown = Counter(step["op"] for step in preview["steps"])
    if summary.get("same", 0) > shown["same"]:
        yield (
            f"{place}: leaves out {summary['same'] - shown['same']} unchanged objects, which may "
            f"lose `retain_on_delete` unnoticed; run `{COMMAND}`"
        )
    for operation, count in summary.items():
        if operation != "same" and count > shown[operation]:
            yield (
                f"{place}: counts {count} {operation} but shows {shown[operation]}, so it is "
                f"incomplete; run `{COMMAND}` again"
            )


def describe(state: Mapping[str, Any]) -> str:
    """Return `namespace/name (Kind)` of an object, or a resource's logical name and type."""
    inputs = as_object(state["type"], state.get("inputs") or {})
    metadata = inputs.get("metadata")
    if not (isinstance(metadata, dict) and "name" in metadata):
        return f"{_logical_name(state['urn'])} ({state['type']})"
    where = f"{metadata['namespace']}/" if "namespace" in metadata else ""
    return f"{where}{metadata['name']} ({inputs.get('kind', state['type'])})"


def _holds_data(state: Mapping[str, Any] | None) -> bool:
    return state is not None and any(is_there(state) for _, is_there in _PROTECTION)


def _annotated(state: Mapping[str, Any]) -> bool:
    # Metadata that is secret or still unknown is a string here.
    value: Any = state.get("inputs") or {}
    for key in ("metadata", "annotations"):
        value = value.get(key) if isinstance(value, dict) else None
    return isinstance(value, dict) and HOLDS_DATA in value


_PROTECTION: Sequence[tuple[str, Callable[[Mapping[str, Any]], object]]] = (
    ("`protect`", lambda state: state.get("protect")),
    ("`retain_on_delete`", lambda state: state.get("retainOnDelete")),
    (f"the annotation {HOLDS_DATA}", _annotated),
)
"""What protects an object from deletion, and how to see it in a state."""


def _identity(state: Mapping[str, Any]) -> tuple[str, str]:
    """Return the identity of an object in the API server: kind, namespace, name."""
    return describe(state), str((state.get("inputs") or {}).get("apiVersion", "")).split("/")[0]


def _logical_name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _reasons(step: Mapping[str, Any]) -> list[str]:
    """Return the fields whose change replaces it, as exactly as the preview shows."""
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
        "restore its declaration, or release it by hand with `pulumi state delete --force "
        f"'{step['urn']}'`, which leaves the object in the cluster"
    )


def _unreplace(reasons: Sequence[str]) -> str:
    if "provider" in reasons:
        return "restore the provider's name and cluster_identifier"
    if {"metadata.name", "metadata.namespace"} & set(reasons):
        return (
            "restore the old name: an object cannot be renamed, and a database under another name "
            "is a new one, restored from the archive"
        )
    return "undo that change, or declare an additional new object"


def _said(error: Mapping[str, Any], diagnostics: Sequence[Mapping[str, Any]]) -> str:
    """Return an error in one line; of a traceback, only the exception."""
    lines = [line.strip() for line in error["message"].removeprefix("error: ").splitlines()]
    lines = [line for line in lines if line]
    raised = [line for line in lines if _ERROR_LINE.match(line)]
    if any(line.startswith("Traceback ") for line in lines):
        lines = raised[-1:] or lines[-1:]
    elif error["message"].strip().endswith("program exited with non-zero exit code: 1"):
        # The old language host prints the traceback separately, line by line.
        printed = [item["message"].strip() for item in diagnostics]
        lines += [line for line in printed if _ERROR_LINE.match(line)][-1:]
    return "; ".join(lines)[:1000] or "it gives no reason"


def _words(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
