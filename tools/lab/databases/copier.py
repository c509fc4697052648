"""The pods that copy archives off-site: what they say, and others as they are declared.

Another copies another database, or has wrong settings, so that the environment's own copier is not
disturbed.
"""

import copy
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools import Fault, kube

if TYPE_CHECKING:
    from tools.lab.access import Cluster
    from tools.lab.databases.deployed import Deployed
    from tools.lab.operators.manifests import Manifest

Line = dict[str, Any]


@dataclass(frozen=True)
class Copier:
    """A Deployment that copies one archive."""

    lab: "Cluster"
    namespace: str
    name: str

    @classmethod
    def of(cls, database: "Deployed") -> "Copier":
        """Return that of a database of the environment."""
        return cls(database.lab, database.namespace, f"{database.first or database.name}-offsite")

    @property
    def path(self) -> str:
        """Where the API server has it."""
        return f"/apis/apps/v1/namespaces/{self.namespace}/deployments/{self.name}"

    def lines(self) -> list[Line]:
        """Return what its pod has said of each pass; nothing while it starts."""
        label = f"app.kubernetes.io%2Fname%3D{self.name}"
        pods = self.lab.kube.items(
            f"/api/v1/namespaces/{self.namespace}/pods?labelSelector={label}"
        )
        for pod in pods:
            try:
                log = self.lab.kube.log(self.namespace, pod["metadata"]["name"])
            except Fault:  # it has not started
                continue
            return [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        return []

    def wait(self, what: str, judge: Callable[[Line], bool]) -> Line:
        """Wait for a pass that begins after now and is judged so; return what was said of it."""
        seen = len(self.lines())
        found: list[Line] = []

        def judged() -> bool:
            lines = self.lines()
            # One pass of each thread may have begun before.
            found[:] = [line for line in lines[min(seen, len(lines)) :] if judge(line)]
            return bool(found)

        def told() -> str:
            return f"{self.lines()[-2:]}; {self.lab.kube.trouble(self.namespace)}"

        kube.wait(f"{self.namespace}/{self.name} {what}", judged, told)
        return found[-1]

    def wait_well(self, part: str) -> Line:
        """Wait for a pass over a part, wal or base, that nothing is wrong with."""
        return self.wait(
            f"copies {part}",
            lambda line: line["part"] == part and "fault" not in line and "lock" not in line,
        )

    def wait_copied(self, part: str, since: float) -> Line:
        """Wait until the copy has what was in the archive at the time `since`."""
        return self.wait(
            f"has every {part} of then",
            lambda line: line["part"] == part and (line["copied_until"] or 0) > since,
        )

    def wait_whole(self) -> None:
        """Wait until all WAL that is in the archive now is copied, then the base backups."""
        archived = time.time()
        kube.wait(
            f"{self.namespace}/{self.name} has every wal of now",
            lambda: any(
                line["part"] == "wal" and (line.get("copied_until") or 0) > archived
                for line in self.lines()
            ),
            lambda: str(self.lines()[-2:]),
        )
        self.wait(
            "has the base backups", lambda line: line["part"] == "base" and "fault" not in line
        )

    @contextmanager
    def another(
        self, name: str, told: Callable[[Line], object], **secrets: str
    ) -> Iterator["Copier"]:
        """Run another of it, whose settings `told` changes; `secrets` replace those of a store."""
        declared = self.lab.get(self.path) or {}
        spec = copy.deepcopy(declared["spec"])
        labels = {"app.kubernetes.io/name": name}
        spec["selector"] = {"matchLabels": labels}
        spec["template"]["metadata"]["labels"] = labels
        pod = spec["template"]["spec"]
        (container,) = pod["containers"]
        settings = json.loads(container["command"][-1])
        told(settings)
        container["command"][-1] = json.dumps(settings)
        for volume in pod["volumes"]:
            if volume["name"] in secrets:
                volume["projected"]["sources"][0]["secret"]["name"] = secrets[volume["name"]]
        made = Copier(self.lab, self.namespace, name)
        manifest: Manifest = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": spec,
        }
        self.lab.apply([manifest])
        try:
            yield made
        finally:
            self.lab.kube.delete("apps/v1", "Deployment", name, self.namespace)


def copies(server: str) -> Callable[[Mapping[str, Any]], None]:
    """Return what tells a copier to copy another server's archive of the same bucket, and often."""

    def told(settings: Any) -> None:  # noqa: ANN401 (the pod's own JSON)
        settings |= {"server": server, "database": server, "pause_seconds": 5}

    return told
