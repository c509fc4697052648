"""Each fault of a database once: homelab with one thing wrong, and the one line that says so."""

from collections.abc import Callable

import pytest

AT = "databases.n8n."
SPECS = """from components.placement import PlacementSpec, ResourcesSpec
from components.pooler import PoolerSpec
from components.replication import SynchronousSpec
from components.roles import DatabaseSpec, RoleSpec
from components.snapshots import SnapshotsSpec
from components.timers import TimersSpec
from stacks"""

# What is written after `instances=2`, and what is said of it.
FAULTS = {
    "more replicas to wait for than there are": (
        'synchronous=SynchronousSpec(durability="preferred", number=2)',
        "synchronous.number: 2 replicas are more than 2 instances have; write at most 1 [T207]",
    ),
    "a topology that is no label": (
        'placement=PlacementSpec(topology_key="host name")',
        "placement.topology_key: 'host name' is not a label's key; write one that every node has, "
        "like 'kubernetes.io/hostname' [T208]",
    ),
    "half a core": (
        'resources=ResourcesSpec(cpu="0.5", memory="1Gi")',
        "resources.cpu: '0.5' is not an amount of CPU; write whole cores like '2', or thousandths "
        "like '500m' [T209]",
    ),
    "a smart shutdown as long as the whole stop": (
        'timers=TimersSpec(stop="60s", smart_shutdown="1m")',
        "timers.smart_shutdown: '1m' is not less than stop, '60s', and CloudNativePG would wait "
        "for no client at all; write less [T210]",
    ),
    "a parameter in capitals, which would pass by CloudNativePG's list": (
        'parameters={"Archive_Mode": "off"}',
        "parameters.Archive_Mode: 'Archive_Mode' is not a parameter's name; write it in lower "
        "case, like 'work_mem' [T211]",
    ),
    "a parameter that is CloudNativePG's": (
        'parameters={"archive_mode": "off"}',
        "parameters: 'archive_mode' is set by CloudNativePG and refused; leave it out [T212]",
    ),
    "a parameter that follows from the RPO": (
        'parameters={"archive_timeout": "30s"}',
        "parameters: 'archive_timeout' follows from objectives.rpo; write that instead [T212]",
    ),
    "no fsync": (
        'parameters={"fsync": "OFF"}',
        "parameters: fsync 'OFF' loses the data in a crash; leave it out [T213]",
    ),
    "no full pages": (
        'parameters={"full_page_writes": "false"}',
        "parameters: full_page_writes 'false' loses the data in a crash; leave it out [T213]",
    ),
    "WAL that cannot be archived": (
        'parameters={"wal_level": "minimal"}',
        "parameters: wal_level 'minimal' cannot be archived; write 'replica' or leave it out "
        "[T213]",
    ),
    "a size in Kubernetes' units": (
        'parameters={"shared_buffers": "2Gi"}',
        "parameters: shared_buffers '2Gi' is not a size of PostgreSQL's; write a whole number and "
        "kB, MB, GB or TB, like '2GB' [T214]",
    ),
    "a size without a unit": (
        'parameters={"max_wal_size": "big"}',
        "parameters: max_wal_size 'big' is not a size of PostgreSQL's; write a whole number and "
        "kB, MB, GB or TB, like '2GB' [T214]",
    ),
    "a role of PostgreSQL's": (
        'roles={"pg_boss": RoleSpec()}',
        "roles.pg_boss: 'pg_boss' is a role of PostgreSQL's or CloudNativePG's; write another "
        "name [T215]",
    ),
    "a role of CloudNativePG's": (
        'roles={"streaming_replica": RoleSpec()}',
        "roles.streaming_replica: 'streaming_replica' is a role of PostgreSQL's or "
        "CloudNativePG's; write another name [T215]",
    ),
    "a database of PostgreSQL's": (
        'databases={"template1": DatabaseSpec(owner="n8n")}',
        "databases.template1: 'template1' is a database of PostgreSQL's own; write another name "
        "[T216]",
    ),
    "an extension in capitals": (
        'databases={"two": DatabaseSpec(owner="n8n", extensions=["PostGIS"])}',
        "databases.two.extensions.0: 'PostGIS' is not an extension's name; write it as "
        "`pg_available_extensions` does, like 'uuid-ossp' [T217]",
    ),
    "an extension twice": (
        'databases={"two": DatabaseSpec(owner="n8n", extensions=["vector", "vector"])}',
        "databases.two.extensions: 'vector' is named twice; write it once [T218]",
    ),
    "memory that shared buffers fill": (
        'resources=ResourcesSpec(cpu="1", memory="2Gi"), parameters={"shared_buffers": "2GB"}',
        "resources.memory: '2Gi' does not hold shared_buffers '2GB' and backends; write four "
        "times that [T219]",
    ),
    "memory that the default of shared buffers fills": (
        'resources=ResourcesSpec(cpu="1", memory="128Mi")',
        "resources.memory: '128Mi' does not hold shared_buffers '128MB' and backends; write four "
        "times that [T219]",
    ),
    "a WAL volume that fills up by itself": (
        'wal_storage="1Gi"',
        "wal_storage: '1Gi' does not hold max_wal_size '1GB' and what waits to be archived; "
        "write more [T220]",
    ),
    "a least WAL size above the most": (
        'parameters={"min_wal_size": "2GB"}',
        "parameters: min_wal_size is not less than max_wal_size; write less [T220]",
    ),
    "a class of WAL volumes that are not there": (
        'wal_storage_class="fast"',
        "wal_storage_class: 'fast' is for WAL volumes, and there are none; write wal_storage too, "
        "or leave it out [T221]",
    ),
    "a class of snapshots of WAL volumes that are not there": (
        'snapshots=SnapshotsSpec(class_name="a", wal_class_name="b", schedule="0 * * * *")',
        "snapshots.wal_class_name: 'b' is for WAL volumes, and there are none; write wal_storage "
        "too, or leave it out [T221]",
    ),
    "a commit that waits for nobody although it must": (
        'synchronous=SynchronousSpec(durability="preferred"), '
        'parameters={"synchronous_commit": "local"}',
        "parameters: synchronous_commit 'local' waits for no replica, and synchronous promises "
        "it; leave one of them out [T222]",
    ),
    "the application's database again": (
        'databases={"n8n": DatabaseSpec(owner="n8n")}',
        "databases.n8n: 'n8n' is the application's database already; write another name [T223]",
    ),
    "the owner again": (
        'roles={"n8n": RoleSpec()}',
        "roles.n8n: 'n8n' owns the application's database already; write another name [T223]",
    ),
    "an owner that nobody declares": (
        'databases={"two": DatabaseSpec(owner="two")}',
        "databases.two.owner: 'two' is no role; write one of n8n, or add it to roles [T224]",
    ),
    "a member of a role that nobody declares": (
        'roles={"two": RoleSpec(in_roles=["three"])}',
        "roles.two.in_roles: 'three' is no other role; write one of n8n, or PostgreSQL's own like "
        "'pg_monitor' [T224]",
    ),
    "two roles with one password": (
        'roles={"one": RoleSpec(password_secret="a"), "two": RoleSpec(password_secret="a")}',
        "roles.two.password_secret: 'a' is roles.one's; write another Secret, with this role's "
        "name in it [T225]",
    ),
    "a password in a Secret of the operator's": (
        'roles={"two": RoleSpec(password_secret="n8n-postgres-app")}',
        "roles.two.password_secret: 'n8n-postgres-app' is CloudNativePG's; write another Secret, "
        "with this role's name in it [T225]",
    ),
    "a Service of the operator's": (
        'service="n8n-postgres-rw"',
        "service: 'n8n-postgres-rw' is a Service of CloudNativePG's; write another name [T226]",
    ),
    "the pooler's Service": (
        'service="n8n-postgres-pooler-rw", pooler=PoolerSpec()',
        "service: 'n8n-postgres-pooler-rw' is a Service of CloudNativePG's; write another name "
        "[T226]",
    ),
    "pools that PostgreSQL has no connections for": (
        "pooler=PoolerSpec(instances=3, default_pool_size=40)",
        "pooler.default_pool_size: 3 pools of 40 do not fit into max_connections 100 with 10 to "
        "spare; write smaller pools or max_connections '130' [T227]",
    ),
    "a Service that begins with a digit": (
        'service="1st"',
        "service: '1st' begins with a digit, which no Service may; write a letter first [T116]",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_is_one_sentence_with_its_place_and_mend(
    name: str, faults_of: Callable[..., list[str]]
) -> None:
    written, said = FAULTS[name]
    found = faults_of(("from stacks", SPECS), ("instances=2", f"instances=2, {written}"))
    assert found == [AT + said]


@pytest.mark.parametrize(
    "written",
    [
        'parameters={"pg_stat_statements.track": "all", "fsync": "on", "max_wal_size": "2 GB"}',
        'roles={"two": RoleSpec(in_roles=["n8n", "pg_monitor"])}',
        'databases={"two": DatabaseSpec(owner="n8n")}',
        'parameters={"max_connections": "130"}, pooler=PoolerSpec(instances=3, '
        "default_pool_size=40)",
        'wal_storage="2Gi", wal_storage_class="fast"',
        'resources=ResourcesSpec(cpu="500m", memory="512Mi")',
    ],
)
def test_what_is_sound_is_not_refused(written: str, faults_of: Callable[..., list[str]]) -> None:
    assert faults_of(("from stacks", SPECS), ("instances=2", f"instances=2, {written}")) == []


def test_one_replica_away_stops_no_write(faults_of: Callable[..., list[str]]) -> None:
    spec = "synchronous=SynchronousSpec(number=2)"
    assert faults_of(("from stacks", SPECS), ("instances=2", f"instances=3, {spec}")) == [
        "databases.n8n: synchronous 'required' with 3 instances stops writes whenever one replica "
        "is away; write 4 instances or 'preferred' [T206]"
    ]


def test_a_single_instance_is_not_stopped_for_a_snapshot(
    faults_of: Callable[..., list[str]],
) -> None:
    spec = 'snapshots=SnapshotsSpec(class_name="a", schedule="0 * * * *", online=False)'
    assert faults_of(("from stacks", SPECS), ("instances=2", f"instances=2, {spec}")) == []
    assert faults_of(("from stacks", SPECS), ("instances=2", f"instances=1, {spec}")) == [
        AT + "snapshots.online: a snapshot that is not online stops the only instance each time; "
        "write 2 instances, or leave online out [T228]"
    ]


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({str(number): "" for number in range(11)}, "11 tags are more than S3 takes; write at"),
        ({"a,b": "c"}, "'a,b' is not a tag's key; write 1 to 128 letters, digits and '-_./:@+='"),
        ({"a": "b,c"}, "'b,c' is not a tag's value; write at most 256 letters, digits and '-_./"),
    ],
)
def test_a_tag_is_what_s3_takes(
    tags: dict[str, str], said: str, faults_of: Callable[..., list[str]]
) -> None:
    (found,) = faults_of(("jobs=2", f"jobs=2, tags={tags!r}"))
    assert found.startswith(f"{AT}backup.tags: {said}")
    assert found.endswith(" [T230]")


def test_a_wal_volume_is_of_a_class_that_ceph_makes(faults_of: Callable[..., list[str]]) -> None:
    found = faults_of(
        ("instances=2", 'instances=2, wal_storage="2Gi", wal_storage_class="fast"'),
        (
            "    databases={",
            "    storage=StorageSpec(disks=EveryNodeSpec(filter='^sd[b-z]$')),\n    databases={",
        ),
        (
            "from stacks",
            "from components.disks import EveryNodeSpec\n"
            "from components.storage import StorageSpec\nfrom stacks",
        ),
    )
    assert found == [
        AT + "wal_storage_class: 'fast' is no StorageClass of block volumes that storage makes; "
        "write 'ceph-block', or leave it out for the cluster's default [T308]"
    ]


def test_a_clusters_name_begins_with_a_letter(faults_of: Callable[..., list[str]]) -> None:
    assert faults_of(('cluster="n8n-postgres"', 'cluster="8n-postgres"')) == [
        AT + "cluster: '8n-postgres' begins with a digit, which no Service may; write a letter "
        "first [T111]"
    ]
