"""An import that was done is history, unless it is declared as tier0 would declare it."""

from typing import Any

import pytest

from stacks.adopt.differ import changed
from stacks.adopt.reading import Found, take
from stacks.check import judged
from tests.stacks.adopt.cases import adopted, cluster, said


def _imported(name: str, **more: Any) -> dict[str, Any]:
    source = {
        "name": name,
        "connectionParameters": {"host": "db.example.org", "user": "root", "sslmode": "require"},
        "password": {"name": "old-login", "key": "password"},
    }
    done = {"type": "microservice", "databases": ["old"], "source": {"externalCluster": name}}
    first = {"database": "app", "owner": "app", "import": done}
    return cluster(bootstrap={"initdb": first}, externalClusters=[source | more])


def _impossible(body: dict[str, Any]) -> list[str]:
    found = Found()
    take(found, "0.yaml", body, "")
    changes = changed(found.documents, judged(adopted(body).environment))
    return [line for it in changes for line in it.impossible]


def test_an_import_that_was_done_is_taken_over_without_it() -> None:
    made = adopted(_imported("old"))
    assert judged(made.environment).databases["orders"].import_from is None
    assert "spec.bootstrap.initdb.import: was done once" in said(made, "kept out")
    assert _impossible(_imported("old")) == []


def test_an_import_from_a_source_that_is_called_as_tier0_calls_it_stays() -> None:
    made = adopted(_imported("import", sslRootCert={"name": "old-ca", "key": "ca.crt"}))
    found = judged(made.environment).databases["orders"].import_from
    assert found
    assert (found.host, found.major, found.databases) == ("db.example.org", 17, ["old"])
    assert (found.ca_secret, found.ssl_mode) == ("old-ca", "require")
    assert "import: no manifest says the source's version; major=17" in said(made, "fill in")
    assert _impossible(_imported("import")) == []


@pytest.mark.parametrize("name", ["connectionParameters", "password"])
def test_an_import_whose_source_is_not_said_is_history(name: str) -> None:
    made = adopted(_imported("import", **{name: {}}))
    assert "spec.bootstrap.initdb.import: was done once" in said(made, "kept out")


def _with(**options: list[str]) -> dict[str, Any]:
    body = _imported("import", sslRootCert={"name": "old-ca", "key": "ca.crt"})
    body["spec"]["bootstrap"]["initdb"]["import"] |= options
    return body


def test_options_that_tier0_writes_stay_as_they_are() -> None:
    body = _with(
        pgDumpExtraOptions=["--jobs=4", "--exclude-table-data=log_*", '--exclude-schema="tools"'],
        pgRestoreExtraOptions=["--jobs=4"],
    )
    found = judged(adopted(body).environment).databases["orders"].import_from
    assert found
    options = found.options
    assert (options.jobs, options.exclude_table_data) == (4, ["log_*"])
    assert options.exclude_schemas == ["tools"]
    assert _impossible(body) == []


@pytest.mark.parametrize(
    "options",
    [
        {"pgDumpExtraOptions": ["--no-privileges"]},
        {"pgDumpExtraOptions": ["--jobs=4"]},
        {"pgRestoreDataOptions": ["--jobs=4"]},
        {"pgDumpExtraOptions": ["--exclude-schema=tools"]},
    ],
)
def test_an_import_with_options_that_tier0_does_not_write_is_history(
    options: dict[str, list[str]],
) -> None:
    made = adopted(_with(**options))
    assert "spec.bootstrap.initdb.import: was done once" in said(made, "kept out")
