"""A database that is imported: what the operator gets, and who else it changes nothing for."""

import json
from typing import Any

from components.kube.objects import WAIT_SECONDS
from stacks.check.rules.required import required
from stacks.environment import EnvironmentSpec
from tests import valid
from tests.support import declared

SOURCE = {
    "name": "import",
    "connectionParameters": {
        "host": "db.example.org",
        "port": "5432",
        "user": "reader",
        "dbname": "postgres",
        "sslmode": "verify-full",
    },
    "password": {"name": "source-login", "key": "password"},
    "sslRootCert": {"name": "source-ca", "key": "ca.crt"},
}


def _imported(**changes: Any) -> EnvironmentSpec:
    spec = valid.database(import_from=valid.importing(), **changes)
    return valid.environment(databases={"n8n": spec})


def _clusters(environment: EnvironmentSpec) -> dict[str, Any]:
    found = declared(environment).resources
    return {
        it.inputs["metadata"]["name"]: it.inputs
        for it in found
        if it.manifest and it.manifest["kind"] == "Cluster"
    }


def _source(environment: EnvironmentSpec, kind: str) -> dict[str, Any]:
    """Return an object of what asks the source."""
    (found,) = [
        it
        for it in declared(environment).manifests()
        if (it["kind"], it["metadata"]["name"]) == (kind, "n8n-postgres-source")
    ]
    return dict(found)


def test_one_database_is_imported_into_the_applications() -> None:
    (cluster,) = _clusters(_imported()).values()
    assert cluster["spec"]["externalClusters"] == [SOURCE]
    assert cluster["spec"]["bootstrap"]["initdb"]["import"] == {
        "type": "microservice",
        "databases": ["shop"],
        "source": {"externalCluster": "import"},
    }
    assert cluster["spec"]["bootstrap"]["initdb"]["database"] == "app"


def test_every_choice_of_an_import_reaches_the_operator() -> None:
    every = valid.importing(
        type="monolith",
        databases=["app", "blog"],
        roles=["*"],
        schema_only=True,
        port=6432,
        ssl_mode="require",
        ca_secret=None,
    )
    spec = valid.database(import_from=every)
    waived = valid.waiver(
        rule="import-verifies-its-source", place="databases.n8n.import_from.ssl_mode"
    )
    environment = valid.environment(databases={"n8n": spec}, waivers=[waived])
    (cluster,) = _clusters(environment).values()
    assert cluster["spec"]["bootstrap"]["initdb"]["import"] == {
        "type": "monolith",
        "databases": ["app", "blog"],
        "roles": ["*"],
        "schemaOnly": True,
        "source": {"externalCluster": "import"},
    }
    (source,) = cluster["spec"]["externalClusters"]
    assert source["connectionParameters"]["port"] == "6432"
    assert source["connectionParameters"]["sslmode"] == "require"
    assert "sslRootCert" not in source


def test_what_is_left_out_is_an_option_of_pg_dump_and_jobs_one_of_both() -> None:
    options = valid.import_options(
        jobs=4,
        exclude_table_data=["audit.log_*", '"Old-Orders"'],
        exclude_schemas=["pgbouncer"],
        exclude_extensions=["pgaudit"],
    )
    spec = valid.database(import_from=valid.importing(options=options))
    (cluster,) = _clusters(valid.environment(databases={"n8n": spec})).values()
    made = cluster["spec"]["bootstrap"]["initdb"]["import"]
    assert made["pgDumpExtraOptions"] == [
        "--jobs=4",
        "--exclude-table-data=audit.log_*",
        '--exclude-table-data="Old-Orders"',
        '--exclude-schema="pgbouncer"',
        '--exclude-extension="pgaudit"',
    ]
    assert made["pgRestoreExtraOptions"] == ["--jobs=4"]


def test_the_source_is_not_asked_for_what_is_left_out() -> None:
    options = valid.import_options(
        exclude_schemas=["pgbouncer"],
        exclude_extensions=["pgaudit"],
        exclude_table_data=["audit.log_*"],
    )
    spec = valid.database(import_from=valid.importing(options=options))
    job = _source(valid.environment(databases={"n8n": spec}), "Job")
    settings = json.loads(job["spec"]["template"]["spec"]["containers"][0]["command"][-1])
    assert settings["left_out"] == {
        "schemas": ["pgbouncer"],
        "extensions": ["pgaudit"],
        "rows": [r"^audit\.log_.*$"],
    }


def test_the_engine_waits_for_the_import_as_long_as_it_may_take() -> None:
    (cluster,) = _clusters(_imported()).values()
    assert cluster["metadata"]["annotations"][WAIT_SECONDS] == str(4 * 3600)


def test_the_database_is_created_once_its_source_was_asked() -> None:
    found = {it.urn: it for it in declared(_imported()).resources}
    (cluster,) = [it for it in found.values() if it.type.endswith(":Cluster")]
    needed = {found[urn].type.rpartition(":")[2] for urn in cluster.dependencies}
    assert "Job" in needed
    job, role = (_source(_imported(), kind) for kind in ("Job", "Role"))
    assert [(it["resources"], it["resourceNames"], it["verbs"]) for it in role["rules"]] == [
        (["clusters"], ["n8n-postgres"], ["get"]),
        (["secrets"], ["source-login", "source-ca"], ["get"]),
    ]
    template = job["spec"]["template"]
    assert template["metadata"]["labels"]["cnpg.io/cluster"] == "n8n-postgres"
    settings = json.loads(template["spec"]["containers"][0]["command"][-1])
    assert settings == {
        "namespace": "n8n-prod",
        "cluster": "n8n-postgres",
        "password_secret": "source-login",
        "ca_secret": "source-ca",
        "databases": ["shop"],
        "roles": False,
        "rows": True,
        "left_out": {"schemas": [], "extensions": [], "rows": []},
        "source": {
            "host": "db.example.org",
            "port": 5432,
            "user": "reader",
            "ssl_mode": "verify-full",
            "major": 15,
        },
    }


def test_of_a_source_with_all_databases_the_program_asks_which_there_are() -> None:
    every = valid.importing(type="monolith", databases=["*"], roles=["*"])
    spec = valid.database(import_from=every)
    job = _source(valid.environment(databases={"n8n": spec}), "Job")
    settings = json.loads(job["spec"]["template"]["spec"]["containers"][0]["command"][-1])
    assert (settings["databases"], settings["roles"]) == (["*"], True)


def test_no_source_is_asked_of_a_database_that_begins_empty_or_is_stopped() -> None:
    stopped = _imported(generations=[valid.restore()], active=2)
    for environment in (valid.environment(), stopped):
        names = {it["metadata"]["name"] for it in declared(environment).manifests()}
        assert "n8n-postgres-source" not in names


def test_a_later_generation_is_restored_and_imports_nothing() -> None:
    first, second = _clusters(_imported(generations=[valid.restore()], active=2)).values()
    if "initdb" not in first["spec"]["bootstrap"]:
        first, second = second, first
    assert "import" in first["spec"]["bootstrap"]["initdb"]
    assert [*second["spec"]["bootstrap"]] == ["recovery"]
    assert [it["name"] for it in second["spec"]["externalClusters"]] == ["n8n-postgres"]


def test_the_sources_password_and_ca_must_exist() -> None:
    found = {it.name: (it.namespace, it.keys) for it in required(_imported())}
    assert found["source-login"] == ("n8n-prod", frozenset({"password"}))
    assert found["source-ca"] == ("n8n-prod", frozenset({"ca.crt"}))


def _egress(environment: EnvironmentSpec) -> list[Any]:
    (policy,) = [
        it
        for it in declared(environment).manifests()
        if it["kind"] == "NetworkPolicy" and it["metadata"]["name"] == "databases"
    ]
    found: list[Any] = policy["spec"]["egress"]
    return found


def test_nothing_is_needed_of_a_source_once_what_was_imported_is_removed() -> None:
    lost = _imported(generations=[valid.restore()], active=2, removed=[1])
    assert not [it for it in required(lost) if "import_from" in it.purpose]
    assert lost.gateways.imports == []
    stopped = _imported(generations=[valid.restore()], active=2)
    assert len(stopped.gateways.imports) == 1


def test_instances_reach_the_source_where_it_is_and_nothing_else_at_its_port() -> None:
    port = [{"port": 5432, "protocol": "TCP"}]
    spec = valid.database(import_from=valid.importing(cidr="192.0.2.10/32"))
    known = _egress(valid.environment(databases={"n8n": spec}))
    assert {"to": [{"ipBlock": {"cidr": "192.0.2.10/32"}}], "ports": port} in known
    assert {"ports": port} not in known
    assert {"ports": port} in _egress(_imported())
    without = _egress(valid.environment(databases={"n8n": valid.database()}))
    assert [it for it in known if it not in without] == [
        {"to": [{"ipBlock": {"cidr": "192.0.2.10/32"}}], "ports": port}
    ]
