"""Why a field is kept out."""

from collections.abc import Mapping

from stacks.adopt.document import Document, Fields, Path, dotted
from stacks.adopt.templates import templated, unfilled

_HISTORY = "was read once, when the Cluster was created"
_REGION = "is in a Secret; write it as `region` of `object_store`"
_CHECKPOINT = "has no word: a base backup waits for the next checkpoint, some minutes"
_ARGUMENTS = "has no word: base backups are made without it"
_CERTIFICATES = "has no word; CloudNativePG issues the certificates of a pool"
_IMAGE = "has no word; a pool runs CloudNativePG's PgBouncer"
_CREATED = "was read once, when the database was created"
_SERVICES = "is deleted by CloudNativePG with the entry"
_PODS = "has no word; the pods of instances get CloudNativePG's default"

_WHY: Mapping[str, Mapping[str, str]] = {
    "Cluster": {
        "metadata.annotations": "has no word, and is taken out of the object",
        "metadata.annotations.cnpg.io/skipEmptyWalArchiveCheck": "has no word: tier0 archives to "
        "no folder in which another database is; it was needed once, when the Cluster was created",
        "spec.affinity": "has no word; node_selector, tolerations and anti_affinity say where "
        "instances run",
        "spec.backup.barmanObjectStore.data.additionalCommandArgs": _ARGUMENTS,
        "spec.backup.barmanObjectStore.data.immediateCheckpoint": _CHECKPOINT,
        "spec.backup.barmanObjectStore.s3Credentials.region": _REGION,
        "spec.backup.retentionPolicy": "is not read where a plugin archives: its ObjectStore "
        "has one",
        "spec.backup.volumeSnapshot": "is nothing without a ScheduledBackup of method "
        "'volumeSnapshot'; `snapshots` makes them",
        "spec.bootstrap": _HISTORY,
        "spec.certificates": "has no word; CloudNativePG issues the certificate of replicas",
        "spec.description": "has no word; write it as a comment",
        "spec.enablePDB": "has no word; CloudNativePG makes its PodDisruptionBudgets",
        "spec.env": "has no word; only plain text has one",
        "spec.ephemeralVolumeSource": _PODS,
        "spec.ephemeralVolumesSizeLimit": _PODS,
        "spec.externalClusters": "is not declared; nothing reads it once the Cluster exists",
        "spec.imagePullPolicy": _PODS,
        "spec.livenessProbeTimeout": _PODS,
        "spec.logLevel": "has no word; it becomes 'info'",
        "spec.managed.roles": "has no word",
        "spec.managed.services": _SERVICES,
        "spec.managed.services.disabledDefaultServices": "has no word; CloudNativePG makes these "
        "Services again",
        "spec.monitoring": "has no word; CloudNativePG's own metrics stay",
        "spec.monitoring.customQueries": "has no word, so that its metrics go; CloudNativePG's own "
        "stay",
        "spec.monitoring.podMonitor": "has no word; the PodMonitor is tier0's",
        "spec.nodeMaintenanceWindow": "has no word; it is read only while a node is maintained",
        "spec.podSecurityContext": _PODS,
        "spec.podSelectorRefs": "has no word; pg_hba names networks",
        "spec.postgresql.pg_ident": "has no word, and logins by its maps fail",
        "spec.postgresql.syncReplicaElectionConstraint": "has no word: each replica may confirm a "
        "commit",
        "spec.postgresql.ldap": "has no word, and logins by it fail; pg_hba has lines",
        "spec.primaryUpdateStrategy": "has no word: a change restarts the primary too, last, "
        "without asking",
        "spec.priorityClassName": _PODS,
        "spec.probes": _PODS,
        "spec.projectedVolumeTemplate": _PODS,
        "spec.replica": "is not declared; it follows nothing",
        "spec.replicationSlots": "has no word; replicas have slots, with CloudNativePG's names",
        "spec.schedulerName": _PODS,
        "spec.securityContext": _PODS,
        "spec.serviceAccountTemplate": "has no word: a store is reached with keys, not by a "
        "cloud's role",
        "spec.topologySpreadConstraints": "has no word; `zones` spreads over zones",
    },
    "Database": {
        "spec.builtinLocale": _CREATED,
        "spec.collationVersion": _CREATED,
        "spec.encoding": _CREATED,
        "spec.fdws": "has no word; what is in the database stays",
        "spec.icu": _CREATED,
        "spec.locale": _CREATED,
        "spec.schemas": "has no word; what is in the database stays",
        "spec.servers": "has no word; what is in the database stays",
        "spec.template": _CREATED,
        "spec.extensions": "has no word: the version is the one of the image, and the schema the "
        "first of the search path",
        "spec.tablespace": "has no word; the database stays there",
    },
    "ObjectStore": {
        "spec.configuration.data.additionalCommandArgs": _ARGUMENTS,
        "spec.configuration.data.immediateCheckpoint": _CHECKPOINT,
        "spec.configuration.s3Credentials.region": _REGION,
        "spec.instanceSidecarConfiguration": "becomes tier0's own",
    },
    "Pooler": {
        "spec.pgbouncer.authQuery": "has no word; a pool asks CloudNativePG's function",
        "spec.pgbouncer.clientCASecret": _CERTIFICATES,
        "spec.pgbouncer.clientTLSSecret": _CERTIFICATES,
        "spec.pgbouncer.image": _IMAGE,
        "spec.pgbouncer.imageCatalogRef": _IMAGE,
        "spec.pgbouncer.serverCASecret": _CERTIFICATES,
        "spec.pgbouncer.serverTLSSecret": _CERTIFICATES,
    },
    "ScheduledBackup": {
        "spec.pluginConfiguration.parameters": "become the Cluster's: base backups go where "
        "its WAL goes",
        "spec.backupOwnerReference": "has no word; a Backup stays without its schedule",
    },
}
"""What is said of a field that nothing reads, by its kind and the beginning of its path."""


def reason(document: Document, path: Path, *, taken_over: bool) -> str:
    """Return why a field that nothing has read is kept out."""
    if templated(given := Fields(document).at(*path)):
        return unfilled(str(given))
    place, known = dotted(path), _WHY.get(document.kind, {})
    found = [start for start in known if place.startswith(start)]
    if found:
        return known[max(found, key=len)]
    return f"has no word in tier0{', and is taken out of the object' if taken_over else ''}"
