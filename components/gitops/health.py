"""Health checks for Argo CD: when an operator's object is healthy, in Lua.

A sync wave waits for the health of the previous one. Argo CD 3.2 has built-in checks for
Certificate, ClusterIssuer, SealedSecret, Deployment and Cluster (resource_customizations), but none
for Rook's objects and bucket claims, which count as healthy at once. Its check of Cluster fails on
one without a status, ignores the archive, and calls a changed setting Degraded.
"""

from collections.abc import Mapping

_PHASE = """\
local phase = (obj.status or {}).phase
if phase == "%(ready)s" then
  return { status = "Healthy", message = phase }
end
if phase == "%(failed)s" then
  return { status = "Degraded", message = phase }
end
return { status = "Progressing", message = phase or "no status yet" }
"""

_CLUSTER = """\
-- Ready alone says nothing of the archive: a cluster is healthy while every WAL segment is refused.
local found = {}
for _, condition in ipairs((obj.status or {}).conditions or {}) do
  found[condition.type] = condition
end
local hibernation = found["cnpg.io/hibernation"]
if hibernation and hibernation.status == "True" then
  return { status = "Suspended", message = hibernation.message or "hibernated" }
end
local ready, archiving = found["Ready"], found["ContinuousArchiving"]
if ready and ready.status == "True" and archiving then
  if archiving.status == "True" then
    return { status = "Healthy", message = (obj.status or {}).phase or "ready and archiving" }
  end
  return { status = "Degraded", message = archiving.message or "archiving fails" }
end
return { status = "Progressing", message = (obj.status or {}).phase or "no status yet" }
"""


HEALTH: Mapping[str, str] = {
    "resource.customizations.health.ceph.rook.io_CephObjectStore": _PHASE
    % {"ready": "Ready", "failed": "Failure"},
    "resource.customizations.health.objectbucket.io_ObjectBucketClaim": _PHASE
    % {"ready": "Bound", "failed": "Failed"},
    "resource.customizations.health.postgresql.cnpg.io_Cluster": _CLUSTER,
}
"""Keys and texts for the ConfigMap `argocd-cm`."""
