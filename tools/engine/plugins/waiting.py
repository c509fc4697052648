"""Waiting: until an object is what it should be, and until a deleted one is gone.

Of the real plugin's built-in waits (pulumi-kubernetes provider/pkg/await/awaiters.go) there are
those of a Namespace and of a Deployment. Missing are those of DaemonSet, Ingress, Job,
PersistentVolume, PersistentVolumeClaim, Pod, ReplicationController, ResourceQuota, Secret (its
token), Service (its endpoints), ServiceAccount and StatefulSet: `pulumi.com/waitFor` does for them.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tools import Fault
from tools.engine.plugins.cluster import Cluster, NoSuchKind, Refused, Unreachable
from tools.engine.plugins.manifests import annotation, group_of, metadata, select, title
from tools.engine.plugins.properties import Obj, Tree

WAIT_FOR = "pulumi.com/waitFor"
WAIT_SECONDS = 600.0
POLL_SECONDS = (0.05, 2.0)
"""The first pause between two looks, and the longest."""


class Unready(Fault):
    """The object was written, and is not what it is waited for; *live* is how it was last seen."""

    def __init__(self, live: Obj, ending: str) -> None:
        """Name what was lacking at the *ending*."""
        super().__init__(
            title(live),
            f"it was written, but {ending}",
            "find out what holds it up, then run this again",
        )
        self.live = live


@dataclass(frozen=True)
class Goal:
    """What an object is waited for: *judge* says whether it is reached, and what is seen."""

    label: str
    judge: Callable[[Obj], tuple[bool, str]]


def goals(manifest: Obj) -> list[Goal]:
    """Return what an object is waited for, all of it at once; a misspelt annotation is a `Fault`.

    `pulumi.com/waitFor` takes the place of the built-in waits.
    """
    if annotation(manifest, "pulumi.com/skipAwait") == "true":
        return []
    text = annotation(manifest, WAIT_FOR)
    if not text:
        found = BUILT_IN.get((group_of(manifest["apiVersion"]), manifest["kind"]))
        return [found] if found else []
    try:
        expressions = json.loads(text) if text.startswith("[") else [text]
    except ValueError as error:
        raise Fault(
            f"{WAIT_FOR} {text!r}", f"it is not JSON: {error}", "write a list of expressions"
        ) from error
    if not expressions:
        raise Fault(WAIT_FOR, "it lists nothing", "name a condition, or drop the annotation")
    return [_goal(str(expression)) for expression in expressions]


def _goal(expression: str) -> Goal:
    """`condition=Ready`, `condition=Ready=False`, `jsonpath={.a}` or `jsonpath={.a}=b`."""
    if expression.startswith("condition="):
        name, _, status = expression.removeprefix("condition=").partition("=")
        return Goal(expression, lambda live: _has_condition(live, name, status or "True"))
    match = re.fullmatch(r"jsonpath=\{\s*\$?(?P<path>.+?)\s*\}(=(?P<value>.+))?", expression)
    if match is None:
        raise Fault(
            f"{WAIT_FOR} {expression!r}",
            "it is no condition and no path",
            "write condition=TYPE, condition=TYPE=STATUS, jsonpath={.PATH}, jsonpath={.PATH}=TEXT",
        )
    path, value = _parsed(match["path"], expression), match["value"]
    return Goal(expression, lambda live: _has_value(live, path, value))


_STEP = re.compile(
    r"\.(?P<name>(?:\\.|[^.\[\]])+)|\[(?P<index>-?\d+)\]|\[(?P<all>\*)\]"
    r"""|\[(?P<quote>['"])(?P<quoted>.*?)(?P=quote)\]"""
)


def _parsed(text: str, expression: str) -> list[str | int]:
    path: list[str | int] = []
    position = 0
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise Fault(
                f"{WAIT_FOR} {expression!r}",
                f"the offline plugin does not know {text[position:]!r} in a path",
                "use names, [0], [*] and ['name']",
            )
        position = step.end()
        if step["index"]:
            path.append(int(step["index"]))
        else:
            path.append(step["all"] or step["quoted"] or re.sub(r"\\(.)", r"\1", step["name"]))
    return path


def _stale(live: Obj, observed: Tree) -> bool:
    """Whether a controller has not yet seen the newest spec."""
    generation = metadata(live).get("generation")
    return isinstance(observed, int) and isinstance(generation, int) and observed < generation


def _status(live: Obj) -> Obj:
    return live.get("status") or {}


def _has_condition(live: Obj, name: str, wanted: str) -> tuple[bool, str]:
    """Compare without case, as kubectl does (provider/pkg/await/condition/kubectl.go)."""
    for condition in _status(live).get("conditions") or []:
        if str(condition.get("type", "")).lower() != name.lower():
            continue
        observed = condition.get("observedGeneration", _status(live).get("observedGeneration"))
        said = " ".join(str(condition[key]) for key in ("reason", "message") if condition.get(key))
        seen = f"{name}={condition.get('status')}" + (f" ({said})" if said else "")
        if _stale(live, observed):
            return False, f"{seen}, of an older generation"
        return str(condition.get("status")).lower() == wanted.lower(), seen
    return False, f"no condition {name}"


def _has_value(live: Obj, path: list[str | int], wanted: str | None) -> tuple[bool, str]:
    """Look at the first value (provider/pkg/jsonpath/jsonpath.go)."""
    if _stale(live, _status(live).get("observedGeneration")):
        return False, "a status of an older generation"
    found = next(select(live, path), None)
    if found is None:
        return False, "nothing at that path"
    text = found if isinstance(found, str) else json.dumps(found)
    return wanted is None or text == wanted, text


def _rolled_out(live: Obj) -> tuple[bool, str]:
    status, wanted = _status(live), live.get("spec", {}).get("replicas", 1)
    counts = {
        key: status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")
    }
    seen = ", ".join(f"{key} {count} of {wanted}" for key, count in counts.items())
    for condition in status.get("conditions") or []:
        if condition.get("status") == "False" and condition.get("message"):
            seen += f"; {condition['message']}"
    fresh = "observedGeneration" in status and not _stale(live, status["observedGeneration"])
    return fresh and all(count == wanted for count in counts.values()), seen


BUILT_IN = {
    ("", "Namespace"): _goal("jsonpath={.status.phase}=Active"),
    ("apps", "Deployment"): Goal("its rollout", _rolled_out),
    # A custom resource is refused until its kind is served.
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _goal("condition=Established"),
}


@dataclass(frozen=True)
class Waiter:
    """Looks at objects of *cluster* again and again, until *cancelled*."""

    cluster: Cluster
    cancelled: threading.Event

    def settled(self, live: Obj, inputs: Obj, seconds: float, tell: Callable[[str], None]) -> Obj:
        """Return the object once all is so that *inputs* wait for; else raise `Unready`."""
        wanted = goals(inputs)
        deadline, delay = time.monotonic() + seconds, POLL_SECONDS[0]
        while True:
            judged = [(goal, *goal.judge(live)) for goal in wanted]
            lacking = [f"{goal.label} (last seen: {seen})" for goal, so, seen in judged if not so]
            if not lacking:
                return live
            text = " and ".join(lacking)
            tell(f"waiting for {text}")
            if self.cancelled.wait(delay):
                raise Unready(live, f"the wait was cancelled while it lacked {text}")
            if time.monotonic() >= deadline:
                raise Unready(live, f"after {seconds:g} s it still lacks {text}")
            delay = min(delay * 1.5, POLL_SECONDS[1], max(0.0, deadline - time.monotonic()))
            try:
                current = self.cluster.get(inputs, metadata(live)["name"])
            except (Unreachable, Refused) as fault:
                tell(str(fault))
                continue
            if current is None:
                raise Fault(title(live), "it was deleted while it was waited for", "run this again")
            live = current

    def gone(self, manifest: Obj, uid: str | None, seconds: float) -> None:
        """Return once the object *uid* is no more; a `Fault` says what holds it."""
        deadline, delay = time.monotonic() + seconds, POLL_SECONDS[0]
        while True:
            try:
                live = self.cluster.get(manifest, metadata(manifest)["name"])
            except NoSuchKind:
                return
            except (Unreachable, Refused) as fault:
                holding = str(fault)
            else:
                if live is None or (uid and metadata(live).get("uid") != uid):
                    return
                holding = _holding(live)
            if self.cancelled.wait(delay):
                cancelled = f"the wait for its deletion was cancelled ({holding})"
                raise Fault(title(manifest), cancelled, "run this again")
            if time.monotonic() >= deadline:
                raise Fault(
                    title(manifest),
                    f"it is still there {seconds:g} s after its deletion ({holding})",
                    "see that the controller which clears it runs, then run this again",
                )
            delay = min(delay * 1.5, POLL_SECONDS[1])


def timeout(custom: float, inputs: Obj) -> float:
    """Return the seconds to wait: the resource option, else the annotation, else ten minutes."""
    annotated = annotation(inputs, "pulumi.com/timeoutSeconds")
    return custom or (float(annotated) if annotated.isdigit() else WAIT_SECONDS)


def _holding(live: Obj) -> str:
    """Say what keeps a deleted object, as far as it tells."""
    held, said = list(metadata(live).get("finalizers") or []), []
    if live["kind"] == "Namespace":
        held += live.get("spec", {}).get("finalizers") or []
        said = [
            condition["message"]
            for condition in _status(live).get("conditions") or []
            if condition.get("status") == "True"
        ]
    finalizers = f"finalizers {', '.join(held)}" if held else "no finalizer"
    return "; ".join([finalizers, *said])
