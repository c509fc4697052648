"""Where the first database of a Cluster was imported from."""

import re
from typing import Any

from components.postgres.import_options import ImportOptionsSpec, options_of
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
    options = _options(given)
    if options is None:
        return None
    if options:
        made["options"] = ImportOptionsSpec(**options)
    given.text("source", "externalCluster")
    made["major"] = _major(cluster)
    given.fill_in(
        (), f"no manifest says the source's version; major={made['major']} is that of the image"
    )
    return ImportSpec(**made)


_OPTION = re.compile(r"--(jobs|exclude-(?:table-data|schema|extension))=(.*)")
_LISTS = {
    "exclude-table-data": "exclude_table_data",
    "exclude-schema": "exclude_schemas",
    "exclude-extension": "exclude_extensions",
}


def _options(given: Fields) -> Made | None:
    """Return the options of pg_dump and pg_restore; None where tier0 would write other ones."""
    names = [f"pg{it}Options" for it in ("DumpExtra", "RestoreExtra", *_OF_SECTIONS)]
    said = {name: found for name in names if (found := given.texts(name))}
    made: Made = {}
    for option in said.get("pgDumpExtraOptions", []):
        if not (read := _OPTION.fullmatch(option)):
            return None
        name, value = read.groups()
        if name != "jobs":
            value = value if name == "exclude-table-data" else value.strip('"')
            made.setdefault(_LISTS[name], []).append(value)
        elif value.isdecimal():
            made["jobs"] = int(value)
    return made if options_of(made) == said else None


_OF_SECTIONS = ("RestorePredata", "RestoreData", "RestorePostdata")


def _major(cluster: Fields) -> int:
    try:
        return major_of(str(cluster.at("imageName")))
    except ValueError:
        return _NEWEST


_NEWEST = 18
