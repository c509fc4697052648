"""Health checks for Argo CD: when an operator's object is healthy, in Lua.

A sync wave waits for the health of the previous one. What has no check counts as healthy at once.
Argo CD 3.2 has checks for Certificate, ClusterIssuer, SealedSecret, Deployment and Cluster
(resource_customizations), but none for Rook's objects, bucket claims, further databases and
poolers. Its check of Cluster fails on one without a status, ignores the archive, and calls a
changed setting Degraded. Newer ones have a check of CephCluster that calls HEALTH_WARN Degraded
(argo-cd #24111), and one of Database (#29511); those here take their place.
"""

from collections.abc import Iterator, Mapping

from components.kube.readiness import READINESS, Readiness

BUILT_IN = ("cert-manager.io/Certificate", "cert-manager.io/ClusterIssuer")
"""Kinds with a check of Argo CD's that says what READINESS says."""

NEVER_IN_A_TREE = ("argoproj.io/Application",)
"""Kinds that only Pulumi applies."""

_CONDITIONS = """\
local found = {}
for _, condition in ipairs(status.conditions or {}) do
  found[condition.type] = condition
end"""

_STOPPED = """\
local annotations = obj.metadata.annotations or {}
if annotations["%s"] then
  return { status = "Healthy", message = "stopped on purpose" }
end"""

_SUSPENDED = """\
local stopped = found["%s"]
if stopped and stopped.status == "True" then
  return { status = "Suspended", message = stopped.message or "stopped on purpose" }
end"""

_OBSERVED = """\
if status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "this generation is not applied yet" }
end"""

_FAILED = """\
if %s == "%s" then
  return { status = "Degraded", message = message }
end"""

_FALSE = """\
if %s and found["%s"] and found["%s"].status == "False" then
  return { status = "Degraded", message = found["%s"].message or "%s is False" }
end"""

_READY = """\
if %s then
  return { status = "Healthy", message = message }
end
return { status = "Progressing", message = message }
"""


def lua(readiness: Readiness) -> str:
    """Return the check of objects that are healthy by *readiness*."""
    return "\n".join(_parts(readiness))


def _parts(readiness: Readiness) -> Iterator[str]:
    fields = {f"tostring(status.{path})": value for path, value in readiness.fields.items()}
    message = readiness.message or "phase"
    if readiness.stopped:
        yield _STOPPED % readiness.stopped
    yield "local status = obj.status or {}"
    yield f'local message = status.{message} or (obj.status and "" or "no status yet")'
    if readiness.conditions or readiness.suspended:
        yield _CONDITIONS
    if readiness.suspended:
        yield _SUSPENDED % readiness.suspended
    first = next(iter(fields), "")
    for value in readiness.failed:
        yield _FAILED % (first, value)
    if readiness.observed:
        yield _OBSERVED
    true = [f'(found["{name}"] or {{}}).status == "True"' for name in readiness.conditions]
    for number, name in enumerate(readiness.conditions[1:], 1):
        yield _FALSE % (" and ".join(true[:number]), name, name, name, name)
    ready = [f'{field} == "{value}"' for field, value in fields.items()] + true
    yield _READY % " and ".join(ready)


HEALTH: Mapping[str, str] = {
    f"resource.customizations.health.{kind.replace('/', '_')}": lua(readiness)
    for kind, readiness in READINESS.items()
    if kind not in BUILT_IN + NEVER_IN_A_TREE
}
"""Keys and texts for the ConfigMap `argocd-cm`."""
