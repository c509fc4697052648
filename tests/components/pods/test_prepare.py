"""What a restored generation finds: a name without a past, the password and the CA of before."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

import pytest

from components.pods import prepare
from tests.apiserver import CLUSTERS, SECRETS, ApiServer
from tests.s3 import Bucket, ClientError

APP, CA = f"{SECRETS}/db-app", f"{SECRETS}/db-ca"
OF_CLUSTER = {"ownerReferences": [{"kind": "Cluster", "name": "db", "uid": "1"}]}
WATCHED = {"cnpg.io/reload": "true"}
ORIGIN = {"source": 1, "store": "archive", "reason": "a row was lost"}


def _coded(**plain: str) -> dict[str, str]:
    return {key.replace("_", "-"): b64encode(text.encode()).decode() for key, text in plain.items()}


def _plain(secret: Mapping[str, Any]) -> dict[str, str]:
    return {key: b64decode(value).decode() for key, value in secret["data"].items()}


@pytest.fixture
def settings(stores: Mapping[str, Any], server: ApiServer) -> dict[str, Any]:
    """Those of generation 2, while the first one runs."""
    server.put(APP, metadata=OF_CLUSTER, data=_as_made("db-rw"), type="kubernetes.io/basic-auth")
    server.put(CA, metadata=OF_CLUSTER, data={"ca.crt": "Y3J0", "ca.key": "a2V5"})
    return {
        "namespace": "ns",
        "number": 2,
        "cluster": "db-g2",
        "server": "db-g2",
        "origin": ORIGIN,
        "begins": None,
        "lacking": [],
        "application": "db-app",
        "made_elsewhere": False,
        "credentials": {"owner": "app", "database": "data", "host": "stable.ns.svc"},
        "clusters": ["db", "db-g2"],
        "trusted": "db-ca",
        "authorities": ["db-ca"],
        "lineage": "db.lineage.json",
        **stores,
    }


def _as_made(host: str) -> dict[str, str]:
    """Return the data of a Secret as CloudNativePG makes it."""
    return prepare.credentials({"owner": "app", "database": "data", "host": host}, "pass")


def _refused(settings: Mapping[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        prepare.main(settings)
    assert ended.value.code == 1
    return capsys.readouterr().err


def test_secrets_outlive_the_cluster_that_made_them(
    settings: dict[str, Any], server: ApiServer
) -> None:
    prepare.main(settings)
    for path in (APP, CA):
        metadata = server.objects[path]["metadata"]
        assert (metadata["ownerReferences"], metadata["labels"]) == ([], WATCHED)
    assert server.objects[CA]["data"] == {"ca.crt": "Y3J0", "ca.key": "a2V5"}


def test_an_owner_that_is_no_cluster_stays(settings: dict[str, Any], server: ApiServer) -> None:
    sealed = {"kind": "SealedSecret", "name": "db-app", "uid": "2"}
    server.objects[APP]["metadata"]["ownerReferences"].append(sealed)
    prepare.main(settings)
    assert server.objects[APP]["metadata"]["ownerReferences"] == [sealed]


def test_the_new_server_is_trusted_by_who_trusts_the_old_one(
    settings: dict[str, Any], server: ApiServer
) -> None:
    prepare.main(settings)
    made = server.objects[f"{SECRETS}/db-g2-ca"]
    assert made["data"] == {"ca.crt": "Y3J0", "ca.key": "a2V5"}
    assert made["metadata"]["labels"] == WATCHED


def test_a_secret_that_is_made_elsewhere_is_not_touched(
    settings: dict[str, Any], server: ApiServer
) -> None:
    before = dict(server.objects[APP])
    prepare.main(settings | {"made_elsewhere": True})
    assert server.objects[APP] == before


def test_a_secret_that_is_made_elsewhere_must_be_there(
    settings: dict[str, Any], server: ApiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """One with another password would be a database that no client reaches."""
    del server.objects[APP]
    said = _refused(settings | {"made_elsewhere": True}, capsys)
    assert "Secret db-app: it is not there; make it with username and password" in said
    assert APP not in server.objects


def test_without_a_ca_of_cloudnative_pg_none_is_copied(
    settings: dict[str, Any], server: ApiServer
) -> None:
    before = dict(server.objects[CA])
    prepare.main(settings | {"trusted": None})
    assert server.objects[CA] == before
    assert f"{SECRETS}/db-g2-ca" not in server.objects


def test_a_ca_without_its_key_is_passed_over(settings: dict[str, Any], server: ApiServer) -> None:
    """After a cluster loss `<cluster>-ca` has the certificate alone."""
    server.put(CA, data={"ca.crt": "Y3J0"})
    server.put(f"{SECRETS}/db-g2-ca", data={"ca.crt": "Y3J0", "ca.key": "a2V5"})
    third = {"number": 3, "cluster": "db-g3", "server": "db-g3"}
    prepare.main(settings | third | {"authorities": ["db-ca", "db-g2-ca"]})
    assert server.objects[f"{SECRETS}/db-g3-ca"]["data"]["ca.key"] == "a2V5"


def test_applications_are_sent_to_the_stable_service_with_the_password_they_have(
    settings: dict[str, Any], server: ApiServer
) -> None:
    prepare.main(settings)
    assert _plain(server.objects[APP]) == {
        "username": "app",
        "user": "app",
        "password": "pass",
        "dbname": "data",
        "host": "stable.ns.svc",
        "port": "5432",
        "pgpass": "stable.ns.svc:5432:data:app:pass\n",
        "uri": "postgresql://app:pass@stable.ns.svc:5432/data",
        "jdbc-uri": "jdbc:postgresql://stable.ns.svc:5432/data?password=pass&user=app",
        "fqdn-uri": "postgresql://app:pass@stable.ns.svc.cluster.local:5432/data",
        "fqdn-jdbc-uri": "jdbc:postgresql://stable.ns.svc.cluster.local:5432/data"
        "?password=pass&user=app",
    }


def test_a_host_that_somebody_else_wrote_stays(settings: dict[str, Any], server: ApiServer) -> None:
    server.objects[APP]["data"] |= _coded(host="pooler.ns.svc")
    prepare.main(settings)
    assert _plain(server.objects[APP])["host"] == "pooler.ns.svc"


def test_after_a_cluster_loss_the_application_gets_a_new_password(
    settings: dict[str, Any], server: ApiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.objects.clear()
    prepare.main(settings)
    made = server.objects[APP]
    assert (made["type"], made["metadata"]["labels"]) == (
        "kubernetes.io/basic-auth",
        WATCHED | {"cnpg.io/userType": "app"},
    )
    password = _plain(made)["password"]
    assert len(password) == 64
    assert password not in capsys.readouterr().out
    assert server.changed == ["created db-app"], "there is no CA to copy"


@pytest.mark.parametrize("runs", [False, True])
def test_a_second_run_changes_nothing(
    settings: dict[str, Any], server: ApiServer, *, runs: bool
) -> None:
    prepare.main(settings)
    if runs:
        server.put(f"{CLUSTERS}/db-g2")
    server.changed.clear()
    prepare.main(settings)
    assert server.changed == []


@pytest.mark.parametrize(
    "key",
    [
        "db-g2/base/20261130T020000/backup.info",
        "db-g2/wals/0000000200000000/000000020000000000000007",
    ],
)
def test_a_server_name_that_was_used_is_refused_and_nothing_is_changed(
    settings: dict[str, Any],
    server: ApiServer,
    archive: Bucket,
    capsys: pytest.CaptureFixture[str],
    key: str,
) -> None:
    archive.put(key, "there")
    assert _refused(settings, capsys) == (
        "https://source/archive/db-g2/: it has objects, so it was used before; write in "
        "`generations` what generation 2 was, and this restore after it\n"
    )
    assert server.changed == []


def test_a_server_name_that_only_the_copy_knows_is_refused(
    settings: dict[str, Any], copies: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    copies.put("archive/db-g2/wals/0000000200000000/000000020000000000000007", "there")
    assert "https://target/copies/archive/db-g2/: it has objects" in _refused(settings, capsys)


def test_the_copys_own_test_of_its_lock_is_no_past(
    settings: dict[str, Any], copies: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    copies.put("archive/db-g2/offsite/self-test/20261130T020000Z", "a test")
    prepare.main(settings)
    assert "it has objects" not in capsys.readouterr().err


def test_the_past_of_longer_names_is_another_generations(
    settings: dict[str, Any], archive: Bucket, server: ApiServer
) -> None:
    archive.put("db-g20/base/b/backup.info", "there")
    prepare.main(settings)
    assert server.changed


def test_a_snapshot_that_is_not_of_all_volumes_is_refused(
    settings: dict[str, Any], server: ApiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dict(server.objects)
    said = _refused(settings | {"lacking": ["it is short; write another"]}, capsys)
    assert said == "generation 2, snapshot: it is short; write another\n"
    assert server.objects == before


def test_volumes_that_a_generation_got_later_are_no_fault(
    settings: dict[str, Any], server: ApiServer
) -> None:
    server.put(f"{CLUSTERS}/db-g2")
    prepare.main(settings | {"lacking": ["it is short; write another"]})


def test_a_generation_that_exists_may_have_objects(
    settings: dict[str, Any], archive: Bucket, copies: Bucket, server: ApiServer
) -> None:
    server.put(f"{CLUSTERS}/db-g2")
    archive.put("db-g2/base/b/backup.info", "there")
    copies.put("archive/db-g2/base/b/backup.info", "there")
    prepare.main(settings)


def test_a_number_with_another_origin_in_the_lineage_is_refused(
    settings: dict[str, Any], copies: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = {"number": 2, "state": "removed", "origin": {**ORIGIN, "store": "offsite"}}
    copies.put("archive/db.lineage.json", json.dumps({"generations": [noted]}))
    said = _refused(settings, capsys)
    assert said.startswith(
        "https://target/copies, db.lineage.json: generation 2 is noted with the origin "
    )


def test_another_reason_is_no_other_origin(
    settings: dict[str, Any], copies: Bucket, server: ApiServer
) -> None:
    noted = {"number": 2, "state": "candidate", "origin": {**ORIGIN, "reason": "another"}}
    copies.put("archive/db.lineage.json", json.dumps({"generations": [noted]}))
    prepare.main(settings)
    assert server.changed


def test_without_an_off_site_copy_the_archive_alone_is_asked(
    settings: dict[str, Any], server: ApiServer
) -> None:
    del settings["target"]
    prepare.main(settings)
    assert server.changed


def test_what_does_not_answer_is_tried_again(
    settings: dict[str, Any],
    server: ApiServer,
    archive: Bucket,
    capsys: pytest.CaptureFixture[str],
) -> None:
    archive.fails["list_objects_v2"] = ClientError("SlowDown")
    with pytest.raises(SystemExit) as ended:
        prepare.main(settings)
    assert ended.value.code == 75
    assert server.changed == []
    archive.fails.clear()
    server.away = True
    with pytest.raises(SystemExit) as ended:
        prepare.main(settings)
    assert ended.value.code == 75
    assert "the API server: it does not answer" in capsys.readouterr().err


_INFO = (
    "status={status}\nbegin_time={end}\nend_time={end}\ntimeline=1\nbegin_wal=000000010000000000000003"
    "\nend_xlog=0/3000100\nversion=170006\n"
)


def _taken(archive: Bucket, *taken: tuple[str, str]) -> None:
    """Put base backups of the server db into the archive, by their day in June and status."""
    for day, status in taken:
        archive.put(f"db/base/{day}/data.tar", "data")
        info = _INFO.format(status=status, end=f"2026-06-{day}T02:00:00+00:00")
        archive.put(f"db/base/{day}/backup.info", info)


@pytest.mark.parametrize(
    ("until", "refused"),
    [
        (
            None,
            '04 of https://source/archive/db, which is FAILED; write backup="02", latest=True',
        ),
        (
            "2026-06-03T12:00:00Z",
            '03 of https://source/archive/db, which is FAILED; write backup="02" in its',
        ),
        ("2026-06-02T12:00:00Z", None),
        (
            "2026-06-01T12:00:00Z",
            "01 of https://source/archive/db, which is FAILED, and none before it is whole",
        ),
    ],
)
def test_a_restore_that_begins_with_a_failed_base_backup_is_refused_and_another_named(
    settings: dict[str, Any],
    server: ApiServer,
    archive: Bucket,
    capsys: pytest.CaptureFixture[str],
    until: str | None,
    refused: str | None,
) -> None:
    """CloudNativePG would begin with it, and fail at each try."""
    _taken(archive, ("01", "FAILED"), ("02", "DONE"), ("03", "FAILED"), ("04", "FAILED"))
    settings["begins"] = {"store": "source", "server": "db", "until": until}
    if refused is None:
        prepare.main(settings)
        assert f"{SECRETS}/db-g2-ca" in server.objects
    else:
        said = _refused(settings, capsys)
        assert f"generation 2: CloudNativePG begins with base backup {refused}" in said
        assert f"{SECRETS}/db-g2-ca" not in server.objects


def test_a_base_backup_that_has_no_end_yet_is_none_to_begin_with(
    settings: dict[str, Any], server: ApiServer, archive: Bucket
) -> None:
    _taken(archive, ("02", "DONE"))
    archive.put("db/base/03/backup.info", "status=STARTED\nbegin_time=2026-06-03T02:00:00+00:00\n")
    settings["begins"] = {"store": "source", "server": "db", "until": None}
    prepare.main(settings)
    assert f"{SECRETS}/db-g2-ca" in server.objects
