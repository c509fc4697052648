"""Rules about the repository that Argo CD applies."""

import re
from collections.abc import Iterator

from components.spec.rule import Fault, rule
from stacks.check.rules.hosts import in_cluster, like_a_service, namespaces
from stacks.environment import EnvironmentSpec


@rule("environment", was="T505", waivable=True)
def repository_outlives_cluster(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment the repository is not in the cluster that it describes.

    A repository that is lost with the cluster cannot rebuild it: the first thing to restore would
    be in what must be restored.
    """
    if environment.gitops is None or environment.disposable:
        return
    repository = environment.gitops.repository
    match = re.match(r"(?:https://|ssh://[^@]*@|[^@/]*@)(\[[^]]*\]|[^:/]+)", repository)
    if match and (short := like_a_service(match[1], namespaces(environment))):
        yield Fault(
            f"'{repository}' has a host name {short}, which a pod looks for in this cluster first; "
            "write the whole name of a repository elsewhere",
            ("gitops", "repository"),
        )
    elif match and in_cluster(match[1]):
        yield Fault(
            f"'{repository}' is a service of this cluster and is lost with it; "
            "write a repository elsewhere",
            ("gitops", "repository"),
        )
