"""A cluster that runs one drill's Job, as the API server shows it."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, cast

from components.pods.evidence import Evidence
from stacks.cluster import Answer, ClusterClient, Manifest, Refused

NAMESPACE = "tier0-drills"


def schedule(name: str = "n8n-restore") -> Manifest:
    """Return a CronJob that is suspended, as the API server shows it."""
    container = {"name": "drill", "command": ["python3", "-m", "pods.drill", "{}"]}
    pod = {"containers": [container], "initContainers": [{"name": "waldump"}]}
    job = {"backoffLimit": 0, "activeDeadlineSeconds": 7500, "template": {"spec": pod}}
    metadata = {"name": name, "namespace": NAMESPACE, "uid": "of the CronJob"}
    template = {"metadata": {"labels": {"tier0/drill": "n8n"}}, "spec": job}
    return {"metadata": metadata, "spec": {"suspend": True, "jobTemplate": template}}


@dataclass
class Moment:
    """What one look shows of the Job's pod."""

    log: str | Exception = ""
    pod: Mapping[str, Any] | None = field(default_factory=lambda: {"phase": "Running"})
    """Its status; None if there is no pod."""

    job: Mapping[str, Any] | Exception | None = field(default_factory=dict)
    """The Job's status; None if it was deleted."""


def ended(status: int = 0, reason: str = "Completed") -> Mapping[str, Any]:
    """Return the status of a pod whose program has ended; the container next to it runs on."""
    state = {"terminated": {"exitCode": status, "reason": reason}}
    return {"phase": "Running", "containerStatuses": [{"name": "drill", "state": state}]}


def waiting(reason: str, message: str = "", *, first: bool = False) -> Mapping[str, Any]:
    """Return the status of a pod of which a container does not run yet."""
    one = {"name": "x", "state": {"waiting": {"reason": reason, "message": message}}}
    return {"phase": "Pending", "initContainerStatuses" if first else "containerStatuses": [one]}


class Drills:
    """A Job that is applied goes through *moments*; the last one stays."""

    def __init__(self) -> None:
        self.schedules = {"n8n-restore": schedule(), "n8n-look": schedule("n8n-look")}
        self.scratch: Manifest | None = None
        self.moments: list[Moment] = [Moment()]
        self.applied: list[Manifest] = []
        self.deleted: list[str] = []
        self.refuses: int | None = None
        """The status of the answer to a deletion."""

    @property
    def client(self) -> ClusterClient:
        return cast("ClusterClient", self)

    def ends(self, evidence: Evidence, *before: str) -> None:
        """Have the program print lines and its evidence, and end."""
        log = "".join(f"{line}\n" for line in before)
        self.moments = [Moment(log), Moment(f"{log}{json.dumps(evidence.json)}\n", ended())]

    def get(self, _version: str, kind: str, name: str, namespace: str) -> Manifest | None:
        assert namespace == NAMESPACE
        if kind == "CronJob":
            return copy.deepcopy(self.schedules.get(name))
        if kind == "Cluster":
            assert name == "drill"
            return self.scratch
        assert (kind, name) == ("Job", self.applied[-1]["metadata"]["name"])
        if len(self.moments) > 1 and self._looked:
            self.moments.pop(0)
        self._looked = True
        status = self.moments[0].job
        if isinstance(status, Exception):
            raise status
        return None if status is None else {**self.applied[-1], "status": status}

    _looked = False

    def objects(self, _version: str, kind: str, namespace: str, *, labels: str) -> list[Manifest]:
        name = self.applied[-1]["metadata"]["name"]
        assert (kind, namespace, labels) == ("Pod", NAMESPACE, f"job-name={name}")
        status = self.moments[0].pod
        spec = self.applied[-1]["spec"]["template"]["spec"]
        made = {"metadata": {"name": f"{name}-x"}, "spec": spec, "status": status}
        return [] if status is None else [made]

    def log(self, namespace: str, _pod: str, container: str) -> str:
        assert (namespace, container) == (NAMESPACE, "drill")
        found = self.moments[0].log
        if isinstance(found, Exception):
            raise found
        return found

    def apply(self, manifest: Manifest, *, manager: str) -> Manifest:
        assert manager == "tier0"
        self.applied.append(manifest)
        return manifest

    def path(self, _version: str, kind: str, name: str, namespace: str) -> str:
        return f"/{namespace}/{kind}/{name}"

    def request(self, method: str, path: str) -> Answer:
        assert method == "DELETE"
        assert path.endswith("?propagationPolicy=Background"), "else its pod stays"
        if self.refuses:
            return Answer(self.refuses, json.dumps({"message": "it is refused"}))
        self.deleted.append(path.partition("?")[0].rpartition("/")[2])
        return Answer(HTTPStatus.OK, "{}")


def refused(status: int, message: str) -> Refused:
    return Refused("Pod tier0-drills/x", Answer(status, json.dumps({"message": message})))
