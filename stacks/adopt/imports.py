"""Where the first database of a Cluster was imported from."""

from typing import Any

from components.postgres.imports import SOURCE, ImportSpec
from components.postgres.spec import major_of
from stacks.adopt.document import Fields

Made = dict[str, Any]

_HISTORY = (
    "was done once, when the Cluster was created; docs/import.md says how a new one is imported"
)


def imported(cluster: Fields) -> Made:
    """Read an import whose source is named like tier0 calls it.

    It must stay as it is written then; any other one is taken over without it.
    """
    given = cluster.inside("bootstrap", "initdb", "import")
    if not given:
        return {}
    found = None
    if given.at("source", "externalCluster") == SOURCE:
        found = _spec(given, cluster)
    if found is None:
        given.kept_out((), _HISTORY)
        return {}
    return {"import_from": found}


def _spec(given: Fields, cluster: Fields) -> ImportSpec | None:
    """Return what is imported; None where the source is not said."""
    sources = (it for it in cluster.items("externalClusters") if it.at("name") == SOURCE)
    source = next(sources, None)
    if source is None:
        return None
    reached = source.inside("connectionParameters")
    host, user = reached.text("host"), reached.text("user")
    password = source.text("password", "name")
    if not (host and user and password):
        return None
    made: Made = {"host": host, "user": user, "password_secret": password}
    if (port := reached.quantity("port")) and port.isdecimal():
        made["port"] = int(port)
    if ca := source.text("sslRootCert", "name"):
        made["ca_secret"] = ca
    made["ssl_mode"] = reached.text("sslmode") or "require"
    made["type"] = given.text("type") or "microservice"
    made["databases"] = given.texts("databases")
    for field, name in (("roles", "roles"), ("postImportApplicationSQL", "post_import_sql")):
        if found := given.texts(field):
            made[name] = found
    if given.flag("schemaOnly"):
        made["schema_only"] = True
    given.text("source", "externalCluster")
    made["major"] = _major(cluster)
    given.fill_in(
        (), f"no manifest says the source's version; major={made['major']} is that of the image"
    )
    return ImportSpec(**made)


def _major(cluster: Fields) -> int:
    try:
        return major_of(str(cluster.at("imageName")))
    except ValueError:
        return _NEWEST


_NEWEST = 18
