"""How a program of a restored database runs: its files, its account, its Job and its pod."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import pulumi

from components.kube import Object
from components.kube.program import Program, one_try, restricted_pod
from components.kube.rights import service_account
from components.kube.store import PodStore
from components.postgres.images import POSTGRES_USER
from components.postgres.spec import PostgresSpec
from components.postgres.succession import LINEAGE, noted

Files: TypeAlias = Mapping[str, tuple[str, Sequence[str]]]
"""Secrets as folders of a pod, each with the keys that are files in it."""


class RecoveryPods:
    """What the programs of one database share."""

    def __init__(
        self,
        name: str,
        spec: PostgresSpec,
        *,
        parent: pulumi.Resource,
        namespace: pulumi.Input[str],
        stores: Mapping[str, PodStore],
        image: str,
        programs: Sequence[Program],
    ) -> None:
        """Declare the ConfigMap of the *programs*; *stores* have the names that those know."""
        self._name, self._spec, self._parent, self._namespace = name, spec, parent, namespace
        self._stores, self._image = stores, image
        files: dict[str, str] = {}
        for program in programs:
            files |= program.files
        self.program = Object(
            f"{name}-recovery-program",
            parent=parent,
            api_version="v1",
            kind="ConfigMap",
            name=f"{spec.cluster}-recovery",
            namespace=namespace,
            annotations={LINEAGE: noted(spec.lineage)},
            fields={"data": dict(sorted(files.items()))},
        )

    def account(self, program: str, rules: Sequence[Mapping[str, Any]]) -> pulumi.Output[str]:
        """Return the name of a program's ServiceAccount, known once it has its rights."""
        return service_account(
            f"{self._name}-{program}",
            parent=self._parent,
            name=f"{self._spec.cluster}-{program}",
            namespace=self._namespace,
            rules=rules,
        )

    def job(
        self,
        object_name: str,
        program: Program,
        *,
        within: int,
        account: pulumi.Input[str],
        settings: Mapping[str, Any],
        files: Files | None = None,
        after: Sequence[Object] = (),
    ) -> Object:
        """Declare a Job. One that changed is replaced, and so is one that failed."""
        return Object(
            f"{self._name}{object_name.removeprefix(self._spec.cluster)}",
            parent=self._parent,
            api_version="batch/v1",
            kind="Job",
            name=object_name,
            namespace=self._namespace,
            within=within,
            after=after,
            spec=self.job_spec(
                object_name, program, account=account, settings=settings, files=files
            ),
        )

    def job_spec(
        self,
        object_name: str,
        program: Program,
        *,
        account: pulumi.Input[str],
        settings: Mapping[str, Any],
        files: Files | None = None,
    ) -> Mapping[str, Any]:
        """Return a Job's `spec`."""
        files = files or {}
        return one_try(
            restricted_pod(
                program.name,
                image=self._image,
                command=["python3", "-m", f"pods.{program.name}", self.written(settings)],
                env={"PYTHONPATH": "/program", "PYTHONDONTWRITEBYTECODE": "1"},
                user=POSTGRES_USER,
                group=POSTGRES_USER,
                account=account,
                once=True,
                requests={"cpu": "20m", "memory": "96Mi"},
                memory="512Mi",
                mounts={"program": "/program/pods"}
                | {name: f"/keys/{name}" for name in self._stores}
                | {name: f"/{name}" for name in files},
                volumes=[
                    {"name": "program", "configMap": {"name": self.program.name}},
                    *(store.volume(name) for name, store in self._stores.items()),
                    *(_secret(name, *given) for name, given in files.items()),
                ],
            ),
            # By the second one the NetworkPolicy lets it through (network.py).
            labels={
                "app.kubernetes.io/name": object_name,
                "cnpg.io/cluster": self._spec.cluster,
            },
            program=program,
        )

    def written(self, settings: Mapping[str, Any]) -> pulumi.Output[str]:
        """Return the settings of a program, with those of the stores, as JSON."""
        given = {**settings, "namespace": self._spec.namespace}
        given |= {name: store.settings for name, store in self._stores.items()}
        return pulumi.Output.from_input(given).apply(lambda it: json.dumps(it, sort_keys=True))


def _secret(name: str, secret: str, keys: Iterable[str]) -> Mapping[str, Any]:
    items = [{"key": key, "path": key} for key in keys]
    return {"name": name, "secret": {"secretName": secret, "defaultMode": 0o440, "items": items}}
