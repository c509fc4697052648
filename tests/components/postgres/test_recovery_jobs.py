"""What runs around a restored generation: with which rights, keys and settings, and when."""

from datetime import UTC, datetime
from typing import Any

import pytest

from components.pods import keep, prepare, proof
from components.postgres import PostgresSpec
from components.postgres.recovery_jobs import KEEP, PREPARE, PROOF, STOPPED
from stacks.render.owners import SYNC_OPTIONS, synced
from tests import valid
from tests.apiserver import ApiServer
from tests.recovery import Manifests, by_name, container_of, recorded, settings_of
from tests.s3 import Bucket

CHECKS = {"floor": "select count(*) > 1000 from members"}
NAME = "n8n-postgres"


def _rights(manifests: Manifests, program: str) -> set[str]:
    """Return the rights of a program, as `verb resource name`; * for any name."""
    return {
        f"{verb} {resource} {name}"
        for rule in manifests["Role", f"{NAME}-{program}"]["rules"]
        for verb in rule["verbs"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", ["*"])
    }


@pytest.fixture(scope="module")
def third() -> PostgresSpec:
    """The third generation is a candidate; the second is active, as the first was lost."""
    return valid.database(
        generations=[valid.restore(store="offsite"), valid.restore(source=2)],
        active=2,
        removed=[1],
        checks=CHECKS,
    )


@pytest.fixture(scope="module")
def manifests(third: PostgresSpec) -> Manifests:
    return by_name(recorded(third))


def test_each_program_may_do_what_it_needs_and_no_more(
    manifests: Manifests,
) -> None:
    assert _rights(manifests, "prepare") == {
        *(f"get clusters {NAME}-g{number}" for number in (2, 3)),
        *(f"{verb} secrets {NAME}-{of}" for verb in ("get", "patch") for of in ("app", "ca")),
        *(f"get secrets {NAME}-g{number}-ca" for number in (2, 3)),
        "create secrets *",
    }
    assert _rights(manifests, "proof") == {f"get clusters {NAME}-g2", f"get services {NAME}"}
    assert _rights(manifests, "keep") == {
        f"get secrets {NAME}-ca",
        f"patch secrets {NAME}-ca",
        f"get secrets {NAME}-g2-ca",
        "create secrets *",
    }


def test_each_pod_has_its_own_account_and_the_network_of_a_database(
    manifests: Manifests,
) -> None:
    for name, program in {
        f"{NAME}-g2-prepare": "prepare",
        f"{NAME}-g3-prepare": "prepare",
        f"{NAME}-g2-proof": "proof",
        f"{NAME}-keep-now": "keep",
    }.items():
        template = manifests["Job", name]["spec"]["template"]
        assert template["spec"]["serviceAccountName"] == f"{NAME}-{program}"
        assert template["metadata"]["labels"]["cnpg.io/cluster"] == NAME


def test_what_refuses_ends_a_job_by_the_reason_that_pulumi_knows(manifests: Manifests) -> None:
    for (kind, _), manifest in manifests.items():
        if kind == "Job":
            spec = manifest["spec"]
            (rule,) = spec["podFailurePolicy"]["rules"]
            assert rule["action"] == "Ignore"
            assert rule["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
            assert spec["backoffLimit"] == 0
            assert spec["template"]["spec"]["restartPolicy"] == "Never"
            assert container_of(manifest)["terminationMessagePolicy"] == "FallbackToLogsOnError"


def test_a_job_that_failed_is_made_again_by_the_next_up_if_it_is_waited_for(
    third: PostgresSpec,
) -> None:
    """The deletion of one that is not is not waited for either, and its name would be taken."""
    jobs = [it for it in recorded(third).resources if it.type.endswith(":Job")]
    for job in jobs:
        annotations = job.inputs["metadata"]["annotations"]
        waits = job.name != "n8n-keep-now"
        assert ("pulumi.com/replaceUnready" in annotations) is waits
        assert int(annotations.get("pulumi.com/timeoutSeconds", 0)) >= 1800 * waits
    assert len(jobs) == 4


def test_what_can_wait_has_another_name_where_it_does_something_else(third: PostgresSpec) -> None:
    later = PostgresSpec(**dict(third) | {"active": 3})
    names = [
        next(it for it in recorded(spec).manifests() if "-keep-" in it["metadata"]["name"])
        for spec in (third, third, later)
    ]
    first, again, other = (it["metadata"]["name"] for it in names)
    assert first == again != other


def test_argo_cd_makes_a_job_again_and_compares_none_as_its_pods_cannot_be_changed(
    third: PostgresSpec,
) -> None:
    hook = "argocd.argoproj.io/hook"
    found = {
        (m["kind"], notes.get(hook), notes.get(f"{hook}-delete-policy"), notes.get(SYNC_OPTIONS))
        for m in synced(recorded(third))
        if (notes := m["metadata"]["annotations"]) and m["kind"] in ("Job", "CronJob", "Role")
    }
    assert found == {
        ("Job", "Sync", "BeforeHookCreation", None),
        ("CronJob", None, None, None),
        ("Role", None, None, None),
    }


def test_the_modules_of_each_program_are_mounted(
    manifests: Manifests,
) -> None:
    shipped = manifests["ConfigMap", f"{NAME}-recovery"]["data"]
    for program in (PREPARE, PROOF, STOPPED, KEEP):
        assert program.files.items() <= shipped.items()
    template = manifests["Job", f"{NAME}-g2-proof"]["spec"]["template"]
    assert template["metadata"]["annotations"] == {"tier0/program": PROOF.digest}


def test_no_key_is_an_argument_and_no_ca_key_is_mounted(
    manifests: Manifests,
) -> None:
    job = manifests["Job", f"{NAME}-g2-proof"]
    volumes = {it["name"]: it for it in job["spec"]["template"]["spec"]["volumes"]}
    assert set(volumes) == {"program", "source", "target", "application", "ca"}
    assert volumes["ca"]["secret"] == {
        "secretName": f"{NAME}-g2-ca",
        "defaultMode": 0o440,
        "items": [{"key": "ca.crt", "path": "ca.crt"}],
    }
    paths = {it["name"]: it["mountPath"] for it in container_of(job)["volumeMounts"]}
    assert paths["application"] == str(proof.APPLICATION)
    assert f"{paths['ca']}/ca.crt" == str(proof.CA)


def test_the_programs_of_the_same_template_run_daily_and_at_once(
    manifests: Manifests,
) -> None:
    daily = manifests["CronJob", f"{NAME}-keep"]
    assert settings_of(daily) == settings_of(manifests["Job", f"{NAME}-keep-now"])
    assert daily["spec"]["concurrencyPolicy"] == "Forbid"


def test_a_generation_gets_the_ca_of_the_newest_one_before_it(
    manifests: Manifests,
) -> None:
    found = {n: settings_of(manifests["Job", f"{NAME}-g{n}-prepare"]) for n in (2, 3)}
    assert found[2]["authorities"] == [f"{NAME}-ca"]
    assert found[3]["authorities"] == [f"{NAME}-g2-ca", f"{NAME}-ca"]


def test_only_archives_of_removed_generations_are_pruned() -> None:
    def pruned(**changes: Any) -> list[str]:
        spec = valid.database(**changes)
        job = by_name(recorded(spec))["Job", f"{NAME}-keep-now"]
        found: list[str] = settings_of(job)["removed"]
        return found

    one, two = [valid.restore()], [valid.restore(), valid.restore(source=1)]
    assert pruned(generations=one, active=2) == []
    assert pruned(generations=one, active=2, retired=[1]) == []
    assert pruned(generations=one, active=2, removed=[1]) == [NAME]
    assert pruned(generations=two, active=3, removed=[1, 2]) == [NAME, f"{NAME}-g2"]


def test_the_lineage_has_every_generation(
    manifests: Manifests,
) -> None:
    entries = settings_of(manifests["Job", f"{NAME}-keep-now"])["generations"]
    assert [(it["number"], it["server_name"], it["state"]) for it in entries] == [
        (1, NAME, "removed"),
        (2, f"{NAME}-g2", "active"),
        (3, f"{NAME}-g3", "candidate"),
    ]
    assert entries[0]["origin"] is None
    assert entries[1]["origin"] == {"source": 1, "store": "offsite", "reason": "a lost table"}


@pytest.mark.parametrize("offsite", [True, False])
@pytest.mark.usefixtures("stores")
def test_each_program_runs_with_the_settings_that_it_is_given(
    server: ApiServer,
    archive: Bucket,
    copies: Bucket,
    monkeypatch: pytest.MonkeyPatch,
    *,
    offsite: bool,
) -> None:
    """From a cluster loss to the first client, with what the manifests say."""
    spec = valid.database(
        generations=[valid.restore(store="offsite" if offsite else "archive")],
        active=2,
        removed=[1],
        checks=CHECKS,
    )
    found = by_name(recorded(spec, offsite=offsite))
    root = f"/api/v1/namespaces/{spec.namespace}/secrets/{NAME}"
    prepare.main(settings_of(found["Job", f"{NAME}-g2-prepare"]))
    assert f"{root}-app" in server.objects
    server.put(f"{root}-g2-ca", data={"ca.crt": "Y3J0", "ca.key": "a2V5"})
    keep.main(settings_of(found["Job", f"{NAME}-keep-now"]))
    assert server.objects[f"{root}-ca"]["data"] == {"ca.crt": "Y3J0"}
    server.put(
        f"/apis/postgresql.cnpg.io/v1/namespaces/{spec.namespace}/clusters/{NAME}-g2",
        metadata={"creationTimestamp": "2026-11-30T10:00:00Z"},
        spec={"bootstrap": {"recovery": {}}},
    )
    archive.put(f"{NAME}-g2/wals/00000002.history", "1\t0/7000000\tx\n")
    archive.put(f"{NAME}-g2/wals/0000000200000000/000000020000000000000007", "wal")
    origin, folder = (copies, f"archive/{NAME}") if offsite else (archive, NAME)
    origin.put(f"{folder}/base/b/backup.info", "status=DONE\nsystemid=77\n")
    segment = f"{folder}/wals/0000000100000000/000000010000000000000006"
    origin.put(segment, "wal", datetime(2026, 11, 30, 9, tzinfo=UTC))
    asked: list[str] = []

    class Server:
        def __init__(self, host: str, database: str, verified: str | None) -> None:
            assert (host, database, verified) == (f"{NAME}-g2-rw", spec.database, None)

        def row(self, query: str) -> tuple[Any, ...]:
            asked.append(query)
            if "pg_control_system" in query:
                return ("77",)
            if "archive_mode" in query:
                return ("on",)
            if "wal_segment_size" in query:
                return (16 << 20,)
            if "pg_snapshot_xmax" in query:
                return ("1001",)
            return (True,) if query in CHECKS.values() else ("000000020000000000000008",)

    monkeypatch.setattr(proof, "Client", Server)
    proof.main(settings_of(found["Job", f"{NAME}-g2-proof"]))
    assert set(CHECKS.values()) <= set(asked)


def test_the_proof_of_a_restore_from_a_snapshot_says_so() -> None:
    spec = valid.database(generations=[valid.restore(snapshot="monday")], active=2)
    manifests = by_name(recorded(spec))
    assert settings_of(manifests["Job", f"{NAME}-g2-proof"])["snapshot"] == "monday"
    prepared = settings_of(manifests["Job", f"{NAME}-g2-prepare"])
    assert prepared["origin"]["snapshot"] == "monday"
    assert prepared["lacking"] == []


def test_an_active_generation_says_which_volumes_its_snapshot_lacks() -> None:
    """It may have been restored before they were declared, which only the cluster knows."""
    spec = valid.database(
        generations=[valid.restore(snapshot="monday")],
        active=2,
        tablespaces={"cold": valid.tablespace()},
        wal_storage="10Gi",
    )
    prepared = settings_of(by_name(recorded(spec))["Job", f"{NAME}-g2-prepare"])
    assert [it.partition(";")[0] for it in prepared["lacking"]] == [
        "'monday' is without the tablespaces' volumes",
        "the WAL volume needs its snapshot too",
    ]


def test_an_owners_secret_that_is_made_elsewhere_is_read_and_never_written() -> None:
    spec = valid.database(owner_secret="login", generations=[valid.restore()], active=2)
    found = by_name(recorded(spec))
    volumes = found["Job", f"{NAME}-g2-proof"]["spec"]["template"]["spec"]["volumes"]
    mounted = {it["name"]: it["secret"]["secretName"] for it in volumes if "secret" in it}
    assert mounted["application"] == "login"
    verbs = {
        name: rule["verbs"]
        for rule in found["Role", f"{NAME}-prepare"]["rules"]
        for name in rule.get("resourceNames", [])
        if name in {"login", f"{NAME}-app"}
    }
    assert verbs == {"login": ["get"]}


def test_certificates_that_are_made_elsewhere_are_read_and_never_copied() -> None:
    own = valid.own_certificates(server_tls_secret="tls", client_ca_secret="clients")
    spec = valid.database(certificates=own, generations=[valid.restore()], active=2)
    found = by_name(recorded(spec))
    proof_job = found["Job", f"{NAME}-g2-proof"]
    volumes = proof_job["spec"]["template"]["spec"]["volumes"]
    mounted = {it["name"]: it["secret"]["secretName"] for it in volumes if "secret" in it}
    assert mounted["ca"] == "tls"
    assert settings_of(proof_job)["verified"] == spec.host
    assert settings_of(found["Job", f"{NAME}-g2-prepare"])["trusted"] is None
    assert settings_of(found["Job", f"{NAME}-keep-now"])["trusted"] is None
    named = {
        name
        for program in ("prepare", "keep")
        for rule in found["Role", f"{NAME}-{program}"]["rules"]
        for name in rule.get("resourceNames", [])
    }
    assert not {it for it in named if it.endswith("-ca") or it in {"tls", "clients"}}


def test_a_ca_of_clients_that_cloudnative_pg_makes_is_copied_as_before() -> None:
    own = valid.own_certificates(server_tls_secret="tls")
    spec = valid.database(certificates=own, generations=[valid.restore()], active=2)
    found = by_name(recorded(spec))
    assert settings_of(found["Job", f"{NAME}-g2-prepare"])["trusted"] == f"{NAME}-ca"
