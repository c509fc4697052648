"""What the demo tells, in its order: each step before it is done, and what came of it."""

import time
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import TypeVar

from components.pods.evidence import STATUS, Evidence
from components.pods.figures import duration
from tools import say
from tools.demo.stage import ROLE, Fire, Objectives, Stage

T = TypeVar("T")


def tell(stage: Stage) -> int:
    """Play the demo and take the lab down, whatever happens; the last line is the report's path.

    Return 0, or 3 where an objective was missed, as a drill does; raise Fault of a failed step.
    """
    stage.prepare()
    story = _Story(stage)
    say(f"Each step is told before it is done; {stage.log} has all of it.")
    try:
        status = story.play()
    finally:
        story.end()
    say(str(stage.page))
    return status


class _Story:
    """One run of the demo."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._missed = False

    def play(self) -> int:
        """Play each step; return the exit status."""
        declared = self._deploy()
        self._burn_and_recover(declared)
        return self._prove()

    def _deploy(self) -> Objectives:
        """Play what a user does once, and what a drill does each night."""
        stage, do = self._stage, self._do
        do(
            "lab",
            "starts Kubernetes, CloudNativePG and Ceph on this machine, and outside of them an"
            " off-site object store; the first time they are built, in up to 30 min",
            stage.bring_up,
            lambda _: "up",
        )
        declared = do(
            "plan",
            f"reads what {stage.module} declares; nothing of it is deployed yet",
            stage.plan,
            lambda it: (
                f"if all of the cluster burns, {ROLE} is back in {duration(it.rto)}, without at"
                f" most the last {duration(it.lost)} of writes"
            ),
        )
        do(
            "deploy",
            "runs `pulumi up`: object store, certificates, database, archive, drills, and a"
            " locked off-site copy",
            stage.deploy,
            lambda _: f"{ROLE} is ready, and archives",
        )
        do("client", f"writes into {ROLE} from now on", stage.write, lambda _: "it writes")
        do(
            "backup",
            "waits until the first base backup is in the off-site copy too",
            self._copied,
            lambda _: "it is, with the WAL since",
        )
        do(
            "drill",
            "restores the off-site copy into a scratch cluster, and asks that for what was written",
            lambda: stage.drill("offsite"),
            self._drilled,
        )
        return declared

    def _burn_and_recover(self, declared: Objectives) -> None:
        stage, do = self._stage, self._do
        fire = do(
            "fire",
            "takes the whole cluster away while the client writes: node, etcd, volumes, object"
            " store, and Pulumi's state",
            stage.burn,
            lambda it: f"all is gone, with {len(it.committed)} committed rows",
        )
        do(
            "restore",
            f"changes {stage.module.name} by `python -m stacks restore --all --from offsite`",
            stage.restore,
            lambda cluster: f"it declares {cluster}, out of the off-site copy",
        )
        do(
            "lab",
            "starts an empty cluster in the burnt one's place",
            stage.bring_up,
            lambda _: "up",
        )
        do(
            "recover",
            "runs `pulumi up` again",
            stage.deploy,
            lambda _: self._recovered(time.time() - fire.began, declared),
        )
        do(
            "rows",
            "asks for each row that was committed before the fire",
            lambda: stage.lost(fire),
            lambda lost: self._rows(fire, lost, declared),
        )

    def _prove(self) -> int:
        """Play the end, from the first base backup after the fire on."""
        stage, do = self._stage, self._do
        do(
            "backup",
            f"waits for the first base backup of the new {ROLE}",
            stage.wait_backed_up,
            lambda _: "made",
        )
        do(
            "drill",
            "restores the new archive too: what was recovered can be recovered again",
            lambda: stage.drill("archive"),
            self._drilled,
        )
        _, status = do(
            "report", "writes one page of what was proved", stage.report, lambda it: it[0]
        )
        return status or (STATUS["missed"] if self._missed else 0)

    def end(self) -> None:
        """Take the lab down, also where nothing reads what is told."""
        try:
            self._do("lab", "removes the lab", self._stage.down, lambda _: "removed")
        except OSError:
            self._stage.down()
            raise

    def _copied(self) -> None:
        self._stage.wait_backed_up()
        self._stage.wait_copied()

    def _do(self, name: str, does: str, act: Callable[[], T], said: Callable[[T], str]) -> T:
        """Say what a step does, do it, and say what came of it and how long it took."""
        self._note(f"--- {name}: {does}")
        say(f"{name}: {does} ...")
        began = time.monotonic()
        try:
            with self._stage.log.open("a", encoding="utf-8") as log, redirect_stdout(log):
                found = act()
            line = said(found)
        except BaseException as ended:
            self._note(repr(ended))
            word = "interrupted" if isinstance(ended, KeyboardInterrupt) else "failed"
            say(f"{name}: {word} after {duration(time.monotonic() - began)}")
            raise
        say(f"{name}: {line} ({duration(time.monotonic() - began)})")
        return found

    def _note(self, line: str) -> None:
        with self._stage.log.open("a", encoding="utf-8") as log:
            log.write(f"{line}\n")

    def _drilled(self, found: Evidence) -> str:
        self._missed |= found.verdict == "missed"
        took, rto = duration(found.restore_seconds or 0.0), duration(found.rto_seconds)
        return f"{found.verdict}, {found.rung}; restored in {took} of {rto}"

    def _recovered(self, took: float, declared: Objectives) -> str:
        after = f"{ROLE} is back {duration(took)} after the fire, of {duration(declared.rto)}"
        return after + self._over(took, declared.rto)

    def _rows(self, fire: Fire, lost: set[int], declared: Objectives) -> str:
        every = len(fire.committed)
        if not lost:
            return f"all {every} are there"
        span = fire.lost_seconds(lost)
        return (
            f"{every - len(lost)} of {every} are there; the others are of the last"
            f" {duration(span)}, of {duration(declared.lost)}{self._over(span, declared.lost)}"
        )

    def _over(self, found: float, most: float) -> str:
        """Note an objective that is missed; return what the line says of it."""
        over = found > most
        self._missed |= over
        return ": missed" if over else ""
