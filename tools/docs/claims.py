"""`python -m tools.docs.claims`: the claims, and what the last run of the lab showed of each.

`make lab-test` records every test's outcome and figures in `.tier0/claims.json`; this joins them
with the list below, prints the table and, with `--write`, makes docs/claims.md of it. A claim
without a passing test is open: nothing counts as true because it was never tried.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from stacks.recovery.measured import MEASURED, SOURCES
from tools import ROOT, write_atomically
from tools.build.crds import OPERATORS
from tools.docs.checklist import ITEMS

RECORD = ROOT / ".tier0" / "claims.json"
"""Test name → outcome, date, figures and versions of its last run."""

DOCUMENT = ROOT / "docs" / "claims.md"

RUN = "the run"
"""The record's own entry for the last whole run of the suite; no test has such a name."""

_LOG_COLUMNS = 200

_MEASURED = ("cert-manager", "cloudnative-pg", "plugin-barman-cloud", "rook")


Tier = Literal["lab", "engine", "offline"]
Word = Literal["holds", "engine", "offline", "open", "fails"]
_WORDS: Sequence[Word] = ("holds", "engine", "offline", "open", "fails")
"""From the strongest to the weakest: an item is as strong as the weakest claim that keeps it."""


@dataclass(frozen=True)
class Claim:
    """A sentence that users rely on, and the test that shows it, if there is one."""

    place: str
    """Where the document says it."""

    says: str
    test: str = ""
    """Its name, of a test of the lab; of another one its path too, as pytest has it."""

    variants: tuple[str, ...] = ()
    """The test's parameters: the claim is open until each of them was tried."""

    keeps: tuple[str, ...] = ()
    """The items of the document (`checklist.ITEMS`) that it keeps, or a part of them."""

    @property
    def tier(self) -> Tier:
        """Where its test runs."""
        if "::" not in self.test:
            return "lab"
        return "engine" if self.test.startswith("tests/engine/") else "offline"

    @property
    def tests(self) -> tuple[str, ...]:
        """Return the names that the tests are recorded by; nothing where none is recorded."""
        if not self.test or self.tier != "lab":
            return ()
        return tuple(f"{self.test}[{one}]" for one in self.variants) or (self.test,)


_EACH = ("n8n", "legacy")
_ELSEWHERE = ("minio", "versitygw")

CLAIMS: Sequence[Claim] = (
    Claim(
        "deploy",
        "`pulumi up` returns when every database archives",
        "test_up_returns_when_every_database_archives",
    ),
    Claim("deploy", "a second `pulumi up` changes nothing", "test_a_second_up_changes_nothing"),
    Claim(
        "deploy",
        "declared roles, databases and parameters are in PostgreSQL",
        "test_declared_roles_and_databases_are_in_postgresql",
    ),
    Claim(
        "deploy",
        "an application reaches the primary by a Service whose certificate verifies",
        "test_an_application_reaches_the_primary_by_its_service_and_a_verified_certificate",
        keeps=("applications reconnect and resume",),
    ),
    Claim(
        "test 1",
        "a manual Backup completes",
        "test_1_a_manual_backup_completes",
        _EACH,
        keeps=("test 1: backup creation",),
    ),
    Claim(
        "test 2",
        "base backups and WAL are encrypted at rest: AES256, no plaintext on the disk",
        "test_2_base_backup_and_wal_are_encrypted_at_rest",
        keeps=(
            "encrypted at rest (AES256 SSE-S3)",
            "test 2: verify encryption",
        ),
    ),
    Claim(
        "test 2",
        "control: without encryption the same look at the disk finds plaintext",
        "test_2_without_encryption_the_same_look_finds_plaintext",
        keeps=("test 2: verify encryption",),
    ),
    Claim(
        "test 2",
        "with the KMS gone archiving fails loudly, and continues when it is back",
        "test_without_its_kms_archiving_fails_loudly_and_goes_on_when_it_is_back",
    ),
    Claim(
        "test 3",
        "a closed WAL segment arrives in the bucket",
        "test_3_wal_is_archived_when_a_segment_closes",
        _EACH,
        keeps=(
            "test 3: WAL archiving",
            "continuous WAL archiving (<5 min RPO)",
        ),
    ),
    Claim(
        "test 4",
        "the bucket holds base and wals",
        "test_4_the_bucket_holds_base_and_wals",
        _EACH,
        keeps=("test 4: bucket contents",),
    ),
    Claim(
        "schedule",
        "the next base backup is at 02:00 tomorrow",
        "test_the_next_base_backup_is_at_two_tomorrow",
        keeps=("automated daily backups",),
    ),
    Claim(
        "TLS",
        "the endpoint verifies against our CA by TLS 1.3; plain HTTP is refused",
        "test_the_endpoint_verifies_against_our_ca_by_tls_1_3_and_plain_http_is_refused",
        keeps=("encrypted in transit (HTTPS/TLS 1.3)",),
    ),
    Claim(
        "TLS",
        "without our CA a backup fails with the certificate error",
        "test_without_our_ca_a_backup_fails_with_the_certificate_error",
        keeps=("encrypted in transit (HTTPS/TLS 1.3)",),
    ),
    Claim(
        "scenario 2",
        "a point in time is restored: rows before it, none after it, the dropped table",
        "test_scenario_2_a_point_in_time_is_restored",
        keeps=(
            "point-in-time recovery",
            "scenario 2: database corruption",
        ),
    ),
    Claim(
        "scenario 2",
        "a target after the last commit is refused beforehand, with the latest possible time",
        "test_scenario_2_a_target_after_the_last_commit_is_refused_beforehand",
    ),
    Claim(
        "scenario 3",
        "one database of two is restored, the other is not touched",
        "test_scenario_3_one_database_is_restored_and_the_other_is_not_touched",
        keeps=("scenario 3: accidental data deletion",),
    ),
    Claim(
        "scenario 1",
        "a lost cluster comes back from the archive, phase by phase",
        "test_scenario_1_a_lost_cluster_comes_back_from_the_archive_off_site",
        keeps=(
            "scenario 1: complete cluster loss",
            "manifests: the cluster in ~15 min",
            "Ceph dies completely: backups survive",
        ),
    ),
    Claim(
        "scenario 2",
        "a moment comes back by tier0's commands while clients write: cut-over, the way back, no"
        " acknowledged row is in no generation",
        "test_scenario_2_a_moment_comes_back_by_commands_and_no_acknowledged_row_is_nowhere",
        keeps=(
            "point-in-time recovery",
            "scenario 2: database corruption",
            "PostgreSQL: restored in ~5-10 min",
            "applications reconnect and resume",
        ),
    ),
    Claim(
        "scenario 2",
        "`find` names the transaction of a dropped table, and every row before it comes back",
        "test_find_names_the_transaction_of_a_dropped_table_and_it_comes_back",
    ),
    Claim(
        "scenario 2",
        "`window` ends a microsecond before the last archived commit",
        "test_the_window_ends_a_microsecond_before_the_last_archived_commit",
    ),
    Claim(
        "snapshots",
        "a generation is restored from a volume snapshot and the archive's WAL, and archives under "
        "its own name (stand-in driver)",
        "test_a_generation_is_restored_from_a_volume_snapshot_and_the_archives_wal",
    ),
    Claim(
        "snapshots",
        "a replica is made of a snapshot of its own Cluster (stand-in driver)",
        "test_a_replica_is_made_of_a_snapshot_of_its_own_cluster",
    ),
    Claim(
        "snapshots",
        "the stand-in driver passes csi-sanity, Kubernetes' own test of drivers",
        "test_the_driver_of_the_lab_does_what_csi_asks_of_one",
    ),
    Claim(
        "window",
        "under load and across a failover too: the restored rows are those until then, and the"
        " next transaction ended one microsecond later",
        "test_the_window_is_exact_to_a_microsecond_under_load_and_across_a_failover",
    ),
    Claim(
        "scenario 3",
        "one database of a Cluster comes back by the command, interrupted once; put back; the"
        " others are not touched",
        "test_scenario_3_one_database_of_a_cluster_is_restored_by_the_command",
        keeps=("scenario 3: accidental data deletion",),
    ),
    Claim(
        "scenario 1",
        "a lost cluster comes back from the off-site copy by the commands, three times in a row",
        "test_scenario_1_a_lost_cluster_comes_back_three_times_by_commands",
        keeps=(
            "scenario 1: complete cluster loss",
            "complete cluster restoration from Git",
            "tested recovery procedures",
        ),
    ),
    Claim(
        "inspect",
        "a clone of a database with a subscription and a cron job runs neither",
        "test_what_acts_in_a_database_does_not_act_in_its_clone",
    ),
    Claim(
        "inspect",
        "a query that writes is refused, and its clone is removed",
        "test_a_query_that_writes_is_refused_and_its_clone_goes",
    ),
    Claim(
        "policy",
        "the API server refuses another bootstrap, and lets the operator scale, fail over and"
        " start again",
        "test_the_policy_lets_the_operator_scale_fail_over_and_start_again",
    ),
    Claim(
        "broken recovery",
        "with wrong keys `restore` and `window` say so, and nothing is written",
        "test_a_store_that_refuses_the_keys_is_said_before_anything_is_written",
    ),
    Claim(
        "broken recovery",
        "a damaged base backup becomes no database, and an older one brings every row",
        "test_a_damaged_base_backup_becomes_no_database_and_an_older_one_brings_all_rows",
    ),
    Claim(
        "broken recovery",
        "rows that a store kept back that was away are missed before clients come; the next try"
        " has them, with no room at first, the operator killed and `pulumi up` killed",
        "test_what_a_store_that_was_away_kept_back_reaches_no_client_and_comes_with_the_next_one",
    ),
    Claim(
        "broken recovery",
        "a restore whose processes all end at once, as with their node, begins again and brings"
        " every row",
        "test_a_restore_that_dies_with_its_node_begins_again_and_brings_all_rows",
    ),
    Claim(
        "broken recovery",
        "a missing segment is said, with what does not come back, until the next base backup",
        "test_a_missing_segment_is_said_with_what_does_not_come_back_until_the_next_base_backup",
    ),
    Claim(
        "large databases",
        "a database of 10 GB comes back from RGW through a gateway that cuts long reads",
        "test_10_gb_come_back_through_a_gateway_that_cuts_long_reads",
    ),
    Claim(
        "large databases",
        "a restore that is killed at nine tenths comes back by itself and leaves nothing",
        "test_a_restore_killed_at_nine_tenths_comes_back_by_itself_and_leaves_nothing",
    ),
    Claim(
        "drill",
        "by hand, from the archive and from the copy: the newest nonce comes back, no instance of"
        " the database is touched, and nothing is left",
        "test_a_drill_by_hand_restores_each_store_and_brings_the_newest_nonce_back",
        ("archive", "offsite"),
        keeps=(
            "tested recovery procedures",
            "PostgreSQL: restored in ~5-10 min",
        ),
    ),
    Claim("drill", "a deep one reads every page", "test_a_deep_drill_reads_every_page"),
    Claim(
        "drill",
        "a moment is restored without the nonces that came later",
        "test_a_moment_is_restored_without_what_came_later",
    ),
    Claim(
        "drill",
        "all three depths begin by themselves, one at a time, and take the stores in turn",
        "test_drills_of_all_depths_begin_by_themselves_and_take_the_stores_in_turn",
        keeps=("tested recovery procedures",),
    ),
    Claim(
        "drill",
        "its keys read the archive and change nothing",
        "test_the_keys_of_a_drill_read_the_archive_and_change_nothing",
    ),
    Claim(
        "drill",
        "of two at once one waits for the other",
        "test_of_two_drills_at_once_one_waits_for_the_other",
    ),
    Claim(
        "drill faults",
        "a damaged base backup and a missing segment are failed; the next base backup passes",
        "test_a_damaged_archive_fails_and_is_well_after_the_next_base_backup",
    ),
    Claim(
        "drill faults",
        "a table that shrank is failed, until the environment says that it may",
        "test_a_shrunken_table_fails_until_it_may_shrink",
    ),
    Claim(
        "drill faults",
        "an RTO that was not kept is missed, not failed",
        "test_an_objective_that_was_not_kept_is_missed_and_not_failed",
    ),
    Claim(
        "drill faults",
        "keys that the store refuses: nothing is verified",
        "test_a_store_that_refuses_the_keys_verifies_nothing",
    ),
    Claim(
        "drill faults",
        "no room for the volume: nothing is verified",
        "test_without_room_for_its_volume_a_drill_verifies_nothing",
    ),
    Claim(
        "drill faults",
        "the store goes away half-way: nothing is verified",
        "test_with_the_store_away_half_way_nothing_is_verified",
    ),
    Claim(
        "drill faults",
        "a killed drill leaves nothing, and the next one says so",
        "test_a_killed_drill_leaves_nothing_and_the_next_one_says_so",
    ),
    Claim(
        "drill faults",
        "killed at each of its steps: the next one writes that it verified nothing",
        "test_a_drill_killed_at_each_of_its_steps_is_written_by_the_next_as_unverified",
    ),
    Claim(
        "drill faults",
        "a sealed KMS: nothing is verified, and the reason says so",
        "test_with_the_kms_sealed_nothing_is_verified",
    ),
    Claim(
        "drill faults",
        "a KMS that is sealed during the restore: nothing is verified, and the reason says so",
        "test_with_the_kms_sealed_during_a_restore_nothing_is_verified",
    ),
    Claim(
        "drill faults",
        "archiving that stands still: the nonce never arrives, and that is failed",
        "test_a_nonce_that_never_arrives_is_failed",
    ),
    Claim(
        "drill faults",
        "the archive of another cluster with the same tables is failed",
        "test_an_archive_of_another_cluster_with_the_same_tables_is_failed",
    ),
    Claim(
        "drill faults",
        "an empty archive is failed",
        "test_an_archive_with_nothing_in_it_is_failed",
    ),
    Claim(
        "drill faults",
        "a declared check that errors is failed",
        "test_a_check_that_errors_is_failed",
    ),
    Claim(
        "drill faults",
        "a restore that is never ready: nothing is verified",
        "test_a_restore_that_is_never_ready_is_unverified",
    ),
    Claim(
        "drill faults",
        "a subscription and a cron job in the database: neither acts in its drill",
        "test_what_acts_in_a_database_does_not_act_in_its_drill",
    ),
    Claim(
        "monitoring",
        "the latest restorable time is a live metric, and agrees with the look and the window",
        "test_what_is_watched_agrees_with_the_window_and_with_the_drills",
        keeps=(
            "monitoring and alerting",
            "state of WAL archiving",
        ),
    ),
    Claim(
        "evidence",
        "each drill's is in the off-site copy as JSON, JUnit XML and a page, and locked",
        "test_the_evidence_is_in_the_copy_and_locked",
    ),
    Claim(
        "methods",
        "what one method has written, the other restores",
        "test_an_archive_of_one_method_is_restored_by_the_other",
        ("n8n-in-tree", "legacy-plugin"),
    ),
    Claim(
        "methods",
        "migration from in-tree to plugin leaves no gap",
        "test_migration_from_in_tree_to_plugin_leaves_no_gap",
    ),
    Claim(
        "methods",
        "WAL segments of 64 MiB are archived at the cheap level",
        "test_large_segments_at_the_cheap_level_are_what_is_archived",
    ),
    Claim(
        "methods",
        "an archive of large segments, cheap level and prefetch is restored by each method",
        "test_an_archive_of_the_cheap_settings_is_restored_by_each_method_from_each_store",
        ("archive-plugin", "archive-in-tree", "offsite-plugin", "offsite-in-tree"),
    ),
    Claim(
        "HA",
        "a killed primary is replaced; writes are accepted again",
        "test_a_killed_primary_is_replaced_and_writes_go_on",
        keeps=(
            "2 PostgreSQL instances",
            "automatic failover",
        ),
    ),
    Claim(
        "HA",
        "with synchronous replication no acknowledged transaction is lost",
        "test_with_synchronous_replication_no_acknowledged_transaction_is_lost",
    ),
    Claim(
        "RPO",
        "with everything of the database lost, less than the declared RPO is; five times",
        "test_what_is_lost_with_the_whole_database_is_within_its_rpo",
        keeps=(
            "continuous WAL archiving (<5 min RPO)",
            "PostgreSQL: RPO <5 min",
        ),
    ),
    Claim(
        "timelines",
        "a restore follows a failover between base backup and sentinel",
        "test_a_failover_between_base_backup_and_sentinel_is_restored_through",
    ),
    Claim(
        "store",
        "with the object store away for 5 minutes writes continue; WAL drains, nothing is lost",
        "test_with_the_store_away_writes_go_on_and_wal_drains_afterwards",
    ),
    Claim(
        "store",
        "with a store slower than the writes they go on; what waits grows until it alerts, and"
        " drains",
        "test_with_a_store_slower_than_the_writes_they_go_on_and_what_waits_grows_until_it_alerts",
        keeps=("state of WAL archiving",),
    ),
    Claim(
        "certificates",
        "the gateways' certificate is renewed automatically",
        "test_the_gateways_certificate_is_renewed_without_hands",
    ),
    Claim(
        "credentials",
        "S3 keys are rotated and backups continue",
        "test_s3_keys_are_rotated_and_backups_go_on",
        _EACH,
    ),
    Claim(
        "credentials",
        "a new token of the KMS restarts the gateways, and the old one may end",
        "test_a_new_token_of_the_kms_restarts_the_gateways_and_the_old_one_may_end",
    ),
    Claim(
        "KMS",
        "a lost KMS comes back from its snapshot and its key, and opens the archive",
        "test_a_lost_kms_comes_back_from_its_snapshot_and_its_key_and_opens_the_archive",
    ),
    Claim(
        "GitOps",
        "a Secret that `stacks seal` wrote is unsealed by the real controller",
        "test_a_secret_that_tier0_sealed_is_unsealed_by_the_real_controller",
        keeps=("Secrets: sealed in Git, RPO 0",),
    ),
    Claim(
        "platform",
        "a Talos cluster is bootstrapped from Git (no Talos runs here: tests/engine has the real"
        " talosctl and OpenTofu against a stand-in of the nodes)",
        keeps=(
            "complete cluster restoration from Git",
            "manifests: the cluster in ~15 min",
        ),
    ),
    Claim(
        "platform",
        "Ceph keeps three copies on three hosts (the lab is one host: a real API server takes the"
        " objects, in tests/engine)",
        keeps=(
            "3-way replication (Ceph)",
            "self-healing storage",
            "Ceph: RPO 0, heals at once",
        ),
    ),
    Claim(
        "platform",
        "CephFS serves volumes (the lab mounts none)",
        keeps=("CephFS for shared storage",),
    ),
    Claim(
        "controls",
        "a database started on another's archive is refused, says why, and writes nothing there",
        "test_a_database_started_on_the_archive_of_another_is_refused_and_writes_nothing",
        _EACH,
    ),
    Claim(
        "controls",
        "a deleted WAL segment is named by the bucket's listing; a target after it is refused"
        " beforehand, and by PostgreSQL; without a target the end is silently lost",
        "test_a_deleted_wal_segment_is_named_by_the_listing_and_no_target_after_it_is_reached",
    ),
    Claim(
        "controls",
        "with `isWALArchiver` off and the plugin's socket away WAL is dropped while"
        " ContinuousArchiving is True; a look at the bucket finds it out",
        "test_without_a_designated_archiver_wal_is_dropped_and_only_a_look_at_the_bucket_tells",
    ),
    Claim(
        "off-site",
        "a database is restored from the copy alone, after its archive was emptied",
        "test_a_database_is_restored_from_the_copy_alone_after_its_archive_was_emptied",
        keeps=(
            "off-cluster backup (S3)",
            "Ceph dies completely: backups survive",
        ),
    ),
    Claim(
        "off-site",
        "the copy is encrypted in its own right: no plaintext on the other store's disk",
        "test_the_copy_is_encrypted_in_its_own_right",
    ),
    Claim(
        "off-site",
        "a locked copy cannot be deleted: not by its own keys, not by the bucket's owner",
        "test_a_locked_copy_is_deleted_by_nobody",
    ),
    Claim(
        "off-site",
        "the copy's lag is measured; with the other store away it alerts, and catches up after",
        "test_the_copys_lag_is_measured_and_an_outage_alerts_and_is_caught_up",
    ),
    Claim(
        "off-site",
        "wrong keys, a full bucket and a missing lock are each said in a sentence, and heal",
        "test_what_is_wrong_with_the_other_store_is_said_and_heals",
        ("wrong keys", "full", "no lock"),
    ),
    Claim(
        "any S3",
        "what is archived to a store that is not Ceph is restored",
        "test_what_is_archived_to_a_store_that_is_not_ceph_is_restored",
        _ELSEWHERE,
    ),
    Claim(
        "any S3",
        "its keys are rotated without a restart",
        "test_keys_of_a_store_that_is_not_ceph_are_rotated_without_a_restart",
        _ELSEWHERE,
    ),
    Claim(
        "any S3",
        "with it away writes go on, and nothing is lost",
        "test_with_a_store_that_is_not_ceph_away_writes_go_on_and_nothing_is_lost",
        _ELSEWHERE,
    ),
    Claim(
        "any S3",
        "in a CephObjectStore that exists a bucket is claimed, its archive restored, and the store"
        " left as it is",
        "test_in_a_store_that_exists_a_bucket_is_claimed_and_its_archive_restored",
    ),
    Claim(
        "adoption",
        "a Cluster made by hand is taken over while a client writes: no object is replaced, no"
        " restart that the plan did not name, no acknowledged row lost; its archive goes on, and a"
        " drill of it passes",
        "test_a_cluster_made_by_hand_is_adopted_under_load_and_its_archive_goes_on_and_is_drilled",
    ),
    Claim(
        "access",
        "`pulumi up` does not wait for a load balancer's address; its name is in the certificate,"
        " and it leads to the primary",
        "test_up_does_not_wait_for_the_address_of_a_load_balancer",
    ),
    Claim(
        "access",
        "a load balancer gets another class by being made again, also while a finalizer holds the"
        " old one",
        "test_a_load_balancer_of_another_class_is_made_again_though_the_old_one_stays_for_a_while",
    ),
    Claim(
        "access",
        "through a pool to replicas clients read, and a write is refused",
        "test_a_pool_to_replicas_reads_and_refuses_writes",
    ),
    Claim(
        "access",
        "PgBouncer takes a parameter without a restart",
        "test_pgbouncer_takes_a_parameter_without_a_restart",
    ),
    Claim(
        "access",
        "a switch of generations takes the pool and the load balancer along",
        "test_a_switch_of_generations_takes_the_pool_and_the_load_balancer_along",
    ),
    Claim(
        "access",
        "a pool that is not declared any more goes in seconds",
        "test_a_pool_that_is_not_declared_any_more_goes_in_seconds",
    ),
    Claim(
        "access",
        "instances run on the nodes that are selected, also if these are tainted",
        "test_instances_run_on_the_nodes_that_are_selected_and_tolerate_their_taint",
    ),
    Claim(
        "certificates",
        "clients trust a certificate that cert-manager issued for the names that `secrets` prints,"
        " and know no other CA",
        "test_clients_trust_a_certificate_that_cert_manager_issued_and_know_no_other_ca",
    ),
    Claim(
        "certificates",
        "a renewed certificate is served without a restart",
        "test_a_renewed_certificate_is_served_without_a_restart",
    ),
    Claim(
        "certificates",
        "replicas, pools and clients log in by a CA of clients that replaces CloudNativePG's",
        "test_replicas_pools_and_clients_log_in_by_a_ca_of_clients_that_replaces_the_first",
    ),
    Claim(
        "certificates",
        "with them a drill passes, and a restored generation is reached by the same names and CA",
        "test_a_drill_passes_and_a_restored_generation_has_the_same_certificates",
    ),
    Claim(
        "huge pages",
        "a database is in the huge pages that it reserves, and its drill needs none",
        "test_a_database_is_in_the_huge_pages_that_it_reserves_and_its_drill_needs_none",
    ),
    Claim(
        "recovery",
        "a base backup that failed last, which CloudNativePG would begin with, is passed over by"
        " drill, clone and restore, and refused with the one to write where none is named",
        "test_a_base_backup_that_failed_last_is_passed_over_by_drill_clone_and_restore",
    ),
    Claim(
        "tablespaces",
        "a tablespace is a volume of each instance, and tables are on it",
        "test_tables_of_tablespaces_are_on_volumes_of_their_own",
    ),
    Claim(
        "tablespaces",
        "a clone to look into has the rows of every tablespace",
        "test_tables_of_tablespaces_are_looked_into_in_a_clone",
    ),
    Claim(
        "tablespaces",
        "a drill restores them from the archive, and from its off-site copy",
        "test_tablespaces_are_drilled_from_each_store",
        ("archive", "offsite"),
    ),
    Claim(
        "tablespaces",
        "a generation is restored with them, and clients write into them again",
        "test_a_generation_is_restored_with_its_tablespaces",
    ),
    Claim(
        "import",
        "a database is imported from an older PostgreSQL in one `pulumi up`: every row, sequence"
        " and extension, all of it the owner's; it archives, and a drill of it passes",
        "test_a_database_is_imported_from_an_older_postgresql_in_one_go_and_drilled",
    ),
    Claim(
        "import",
        "a wrong password of the source ends `pulumi up` with a sentence that names it, before"
        " anything is made; with the right one the next run imports",
        "test_a_wrong_password_of_the_source_ends_up_with_a_sentence_before_anything_is_made",
    ),
    Claim(
        "import",
        "an import that fails on its way goes on once its Job is deleted",
        "test_an_import_that_fails_on_its_way_goes_on_once_its_job_is_deleted",
    ),
    Claim(
        "import",
        "a statement that fails after an import is corrected in the environment's file; the Cluster"
        " is not deleted, and once it has run nothing is imported into it",
        "test_a_statement_that_fails_after_an_import_is_corrected_and_no_cluster_is_deleted",
    ),
    Claim(
        "two sites",
        "a burnt site is taken over by the other within its RTO, with every row that was archived,"
        " and follows it later; they change places without a loss or a restore",
        "test_a_burnt_site_is_taken_over_by_the_other_and_follows_it_later",
    ),
    Claim(
        "two sites",
        "the API server lets no replica be promoted without a ground, whichever tool asks",
        "tests/engine/test_policies_sites.py::test_the_api_server_judges_a_change_as_plan_does",
    ),
    Claim(
        "platform",
        "three copies on three hosts are declared of every pool, and none is served from the last",
        "tests/components/ceph/test_cluster.py::test_every_pool_has_three_copies_and_none_serves_from_the_last",
        keeps=("3-way replication (Ceph)",),
    ),
    Claim(
        "platform",
        "a whole environment comes up on nodes that wait for a configuration (a stand-in of them"
        " answers the real talosctl)",
        "tests/engine/test_talos.py::test_a_whole_environment_comes_up_on_nodes_that_wait_for_a_configuration",
        keeps=("complete cluster restoration from Git",),
    ),
    Claim(
        "scenario 1",
        "with the old state `pulumi up` makes nothing in the new cluster; after the lines of"
        " the runbook, everything",
        "tests/engine/test_lost_cluster.py::test_with_the_old_state_an_up_makes_nothing_and_after_the_runbooks_lines_everything",
        keeps=(
            "complete cluster restoration from Git",
            "scenario 1: complete cluster loss",
        ),
    ),
    Claim(
        "GitOps",
        "what Argo CD applies makes the objects that Pulumi makes",
        "tests/engine/test_gitops.py::test_the_tree_applied_in_waves_makes_the_objects_that_pulumi_makes",
        keeps=(
            "GitOps-managed (IaC)",
            "manifests: RPO 0 (Git commits)",
        ),
    ),
    Claim(
        "GitOps",
        "Git has all: rendering gives the same bytes in every process",
        "tests/stacks/render/test_goldens.py::test_rendering_gives_the_same_bytes_in_every_process",
        keeps=("manifests: RPO 0 (Git commits)",),
    ),
    Claim(
        "GitOps",
        "the runbook keeps the sealing keys and brings them back",
        "tests/engine/test_sealing_keys.py::test_the_runbook_keeps_the_sealing_keys_and_brings_them_back",
        keeps=("Secrets: sealed in Git, RPO 0",),
    ),
    Claim(
        "GitOps",
        "no plain Secret is in state, output or rendered files",
        "tests/engine/test_environment.py::test_no_secret_reaches_state_output_or_rendered_files",
        keeps=("Secrets: sealed in Git, RPO 0",),
    ),
    Claim(
        "GitOps",
        "a change that would lose data is refused before it is applied",
        "tests/engine/test_review.py::test_a_renamed_database_is_refused_by_name_and_cause",
    ),
    Claim(
        "schedule",
        "one base backup a day, by the operator's own parser",
        "tests/engine/test_schedule.py::test_homelab_gets_one_base_backup_a_day_at_two_in_the_morning",
        keeps=("automated daily backups",),
    ),
    Claim(
        "schedule",
        "control: the document's five fields fire every hour",
        "tests/engine/test_schedule.py::test_the_five_fields_of_the_document_fire_at_two_minutes_past_every_hour",
        keeps=("automated daily backups",),
    ),
    Claim(
        "the document",
        "each point in which its objects do not do what it says is put right in ours",
        "tests/engine/test_seed.py::test_a_point_is_mended",
    ),
    Claim(
        "retention",
        "base backups and WAL are kept for as long as is declared, and no longer (no test lasts a"
        " month)",
        keeps=("30-day retention",),
    ),
    Claim(
        "monitoring",
        "each alert fires for its fault alone, not before, and resolves, with both methods",
        "tests/engine/test_alerts.py::test_an_alert_fires_for_its_fault_alone_not_before_and_resolves",
        keeps=(
            "monitoring and alerting",
            "age of the last backup",
            "state of WAL archiving",
        ),
    ),
    Claim(
        "monitoring",
        "no alert is without such a case",
        "tests/engine/test_alerts.py::test_every_alert_has_a_case",
        keeps=("monitoring and alerting",),
    ),
    Claim(
        "monitoring",
        "eight idle days fire none",
        "tests/engine/test_alerts.py::test_no_alert_fires_on_an_idle_database",
        keeps=("monitoring and alerting",),
    ),
    Claim(
        "monitoring",
        "a real Prometheus loads every rule that was applied, and has each series that it selects",
        "test_every_rule_that_was_applied_loads_and_what_it_asks_for_is_measured",
        keeps=("monitoring and alerting",),
    ),
    Claim(
        "monitoring",
        "it fires none on real databases that are healthy and idle",
        "test_nothing_fires_on_healthy_databases_that_nothing_is_written_to",
        keeps=("monitoring and alerting",),
    ),
    Claim(
        "monitoring",
        "a missing replica and a missing primary alert, and it resolves",
        "test_a_replica_and_a_primary_that_are_missing_alert_and_it_resolves",
        keeps=("monitoring and alerting",),
    ),
    Claim(
        "monitoring",
        "a watch, a copier and a cert-manager that no longer run alert, and it resolves",
        "test_what_measures_and_no_longer_runs_alerts_and_it_resolves",
        keeps=("monitoring and alerting",),
    ),
    Claim(
        "monitoring",
        "a store that is away alerts by each of its effects, and it resolves",
        "test_a_store_that_is_away_alerts_by_each_of_its_effects_and_it_resolves",
        keeps=("monitoring and alerting", "state of WAL archiving"),
    ),
    Claim(
        "monitoring",
        "a drill alerts by its verdict, a gap in the archive alerts, and both resolve",
        "test_a_drill_alerts_by_its_verdict_and_a_gap_alerts_and_both_resolve",
        keeps=("monitoring and alerting",),
    ),
    Claim(
        "monitoring",
        "alerts on Ceph fire for their faults alone, and not before",
        "tests/engine/test_ceph_alerts.py::test_an_alert_fires_for_its_fault_alone_and_not_before",
        keeps=("monitoring and alerting",),
    ),
    Claim(
        "monitoring",
        "alerts on the copy fire for their faults alone, and not before",
        "tests/engine/test_offsite.py::test_an_alert_fires_for_its_fault_alone_and_not_before",
        keeps=("monitoring and alerting",),
    ),
    Claim(
        "monitoring",
        "Prometheus reads all that the dashboard asks",
        "tests/engine/test_alerts.py::test_prometheus_reads_what_the_dashboard_asks",
        keeps=("dashboard 20417",),
    ),
    Claim(
        "monitoring",
        "what tier0's dashboard does not show, 20417 does, a link away",
        "tests/components/drills/test_dashboard.py::test_what_it_does_not_show_is_a_link_away",
        keeps=("dashboard 20417",),
    ),
    Claim(
        "monitoring",
        "how long a base backup takes is a metric (CloudNativePG has none; barman writes when it"
        " began and ended into the bucket)",
        keeps=("duration of a backup",),
    ),
    Claim(
        "least privilege",
        "the account of drills may do what it needs, and nothing elsewhere",
        "tests/engine/test_drills.py::test_the_account_of_drills_may_do_what_it_needs_and_nothing_elsewhere",
    ),
    Claim(
        "runbook",
        "each of its commands of tier0 is one that the command line takes",
        "tests/stacks/recovery/test_runbook.py::test_each_command_of_tier0_is_one_that_its_command_line_takes",
        keeps=("documented recovery procedures",),
    ),
    Claim(
        "runbook",
        "somebody who has only the README can run the commands of a recovery",
        "tests/engine/test_readme.py::test_a_stranger_can_run_the_commands_of_a_proof_and_a_recovery_and_is_told_which_need_a_cluster",
        keeps=("documented recovery procedures",),
    ),
)


def versions() -> dict[str, str]:
    """Return the release of each operator that a figure was measured with."""
    return {one.name: one.version for one in OPERATORS if one.name in _MEASURED}


@dataclass(frozen=True)
class Verdict:
    """What the last run showed of a claim."""

    claim: Claim
    word: Word
    """`engine` and `offline`: its test is none of the lab, and runs in every gate."""

    date: str = ""
    figures: str = ""


def verdicts(record: Mapping[str, Any]) -> list[Verdict]:
    """Judge every claim by a record."""
    return [_verdict(claim, record) for claim in CLAIMS]


def _verdict(claim: Claim, record: Mapping[str, Any]) -> Verdict:
    if claim.tier != "lab":
        return Verdict(claim, claim.tier)
    runs = [record[name] for name in claim.tests if name in record]
    passed = [run["outcome"] == "passed" for run in runs]
    if not runs or (all(passed) and len(runs) < len(claim.tests)):
        return Verdict(claim, "open")
    figures = [
        f"{one['name']}: {one['figure']} {one['unit']}".strip()
        for run in runs
        for one in run["figures"]
    ]
    date = min(run["date"] for run in runs)
    return Verdict(claim, "holds" if all(passed) else "fails", date, "; ".join(figures))


def document(record: Mapping[str, Any]) -> str:
    """Return docs/claims.md."""
    found = verdicts(record)
    counts = {word: sum(one.word == word for one in found) for word in _WORDS}
    runs = [record[name] for claim in CLAIMS for name in claim.tests if name in record]
    pins = sorted({f"{name} {one}" for run in runs for name, one in run["versions"].items()})
    rows = [
        f"| {one.claim.place} | {one.claim.says} | **{one.word}** | {one.figures or '-'} |"
        f" {one.date or '-'} | {f'`{one.claim.test}`' if one.claim.test else '-'} |"
        for one in found
    ]
    return "\n".join(
        [
            "# Claims",
            "",
            "What the source document promises, and what each test's last run in the lab showed.",
            "`python -m tools.docs.claims --write` makes this.",
            "A claim without a passing test is open. `engine`: its test has the real Pulumi and",
            "API server, or Prometheus, but no operator and no database (`make test`); `offline`:",
            "none of them (`make check`). Both run in every gate and are not recorded.",
            "",
            f"{counts['holds']} hold, {counts['fails']} fail, {counts['open']} are open.",
            f"{counts['engine']} more are shown on the engine, {counts['offline']} offline.",
            f"Measured with {', '.join(pins) or 'nothing yet'}.",
            "",
            "| where | claim | verdict | measured | date | test |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            *_items(found),
            *_run(record.get(RUN)),
        ]
    )


def _items(found: Sequence[Verdict]) -> list[str]:
    """Return the document's list, each item with what keeps it, as lines."""
    rows = []
    for place, items in ITEMS.items():
        for item in items:
            kept = [one for one in found if item in one.claim.keeps]
            word = max((one.word for one in kept), key=_WORDS.index)
            tests = [f"`{one.claim.test}` ({one.word})" for one in kept if one.claim.test]
            tests += [f"{one.claim.says} (open)" for one in kept if not one.claim.test]
            rows.append(f"| {place} | {item} | **{word}** | {'; '.join(tests)} |")
    return [
        "## The document's list",
        "",
        "Every item of it, with the claims that keep it; it is as good as the weakest of them.",
        "",
        "| where | item | verdict | claims |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


def _run(run: Mapping[str, Any] | None) -> list[str]:
    """Return what the last whole run of the suite took, as lines; none where there was none."""
    if run is None:
        return []
    before, after = run["load"]
    rows = {
        **{f"up: {name}": f"{seconds} s" for name, seconds in run["phases"].items()},
        "the suite": f"{run['minutes']} min, {run['outcomes']}",
        "memory at its peak": f"{run['memory']} GiB",
        "the machine": f"{run['cores']} cores; load {before} before and {after} after",
    }
    return [
        "## The last whole run",
        "",
        f"Of {run['date']}, at commit {run.get('commit', 'unknown')}.",
        "What was up already took no time; memory is what the whole machine took in addition.",
        "",
        "| what | figure |",
        "|---|---|",
        *(f"| {name} | {figure} |" for name, figure in rows.items()),
        "",
    ]


def times(record: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what the runbook says that each step took; a test that did not pass says nothing."""
    found = {}
    for step, (test, name) in SOURCES.items():
        run = record.get(test, {"outcome": "", "figures": ()})
        for figure in run["figures"]:
            if run["outcome"] == "passed" and figure["name"] == name:
                found[step] = {"seconds": float(figure["figure"]), "date": run["date"]}
    return found


def show(record: Mapping[str, Any], *, tried_only: bool = False) -> None:
    """Print the claims as a table; a log, such as CI's, has longer lines than a terminal."""
    console = Console()
    if not console.is_terminal:
        console.width = _LOG_COLUMNS
    made = Table("where", "claim", "verdict", "measured", "date")
    for one in verdicts(record):
        if tried_only and not one.date:
            continue
        made.add_row(one.claim.place, one.claim.says, one.word, one.figures, one.date)
    console.print(made)


def read() -> dict[str, Any]:
    """Return the record, empty where nothing was recorded yet."""
    return dict(json.loads(RECORD.read_text())) if RECORD.exists() else {}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 where a claim fails."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs.claims", description=__doc__)
    parser.add_argument(
        "--write",
        action="store_true",
        help="write docs/claims.md and the times of runbooks as well",
    )
    options = parser.parse_args(arguments)
    record = read()
    show(record)
    if options.write:
        write_atomically(DOCUMENT, document(record), 0o644)
        write_atomically(MEASURED, json.dumps(times(record), indent=2) + "\n", 0o644)
    return int(any(one.word == "fails" for one in verdicts(record)))


if __name__ == "__main__":
    sys.exit(main())
