"""PostgreSQL's parameters read as PostgreSQL reads them.

Each line was held against the servers that made the table, 14.23 to 18.4, by ALTER SYSTEM.
"""

import pytest

from components.postgres.settings import MAJORS, UnreadableError, grouped, settings, unknown


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("work_mem", "64MB", 65536),
        ("work_mem", " 64  MB ", 65536),
        ("work_mem", "1.5GB", 1572864),
        ("work_mem", "0x64", 100),
        ("work_mem", "1e3MB", 1024000),
        ("shared_buffers", "32768", 32768),
        ("statement_timeout", "1.5h", 5400000),
        ("max_connections", "010", 8),
        ("max_connections", "3.7", 4),
        ("random_page_cost", ".5", 0.5),
        ("autovacuum", "fal", False),
        ("autovacuum", "OF", False),
        ("autovacuum", "y", True),
        ("synchronous_commit", "Remote_Apply", "remote_apply"),
        ("synchronous_commit", "no", "no"),
        ("wal_compression", "zstd", "zstd"),
        ("ssl_min_protocol_version", "TLSv1.2", "tlsv1.2"),
        ("ssl_min_protocol_version", "tlsv1.3", "tlsv1.3"),
        ("ssl_max_protocol_version", "", ""),
        ("search_path", "anything", "anything"),
    ],
)
def test_a_value_is_read_as_postgresql_reads_it(name: str, text: str, value: object) -> None:
    assert settings(17)[name].read(text) == value


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("log_min_duration_statement", "400us", "is rounded to 0; write '0' or at least '1ms'"),
        ("max_slot_wal_keep_size", "-400kB", "is rounded to 0; write '0' or at least '1MB'"),
        ("statement_timeout", "0x1us", "is rounded to 0; write '0' or at least '1ms'"),
        (
            "max_connections",
            "0100",
            "is octal to PostgreSQL; write '64', or '100' if that is meant",
        ),
        ("work_mem", "010MB", "is octal to PostgreSQL; write '8MB', or '10MB' if that is meant"),
        ("statement_timeout", "500us", "is rounded to 0; write '0' or at least '1ms'"),
        ("statement_timeout", "501us", None),
        ("statement_timeout", "0", None),
        ("statement_timeout", "00ms", None),
        ("max_connections", "0x64", None),
        ("statement_timeout", "07", None),
        ("vacuum_cost_delay", "010", None),
        ("vacuum_cost_delay", "400us", None),
        ("synchronous_commit", "off", None),
    ],
)
def test_a_number_that_is_not_what_it_looks_like(name: str, text: str, fault: str | None) -> None:
    assert settings(17)[name].misread(text) == fault


@pytest.mark.parametrize(
    ("name", "text", "fix"),
    [
        ("work_mem", "64Mi", "write '64MB'"),
        ("work_mem", "4Ti", "write 64kB to 2147483647kB"),
        ("statement_timeout", "30 days", "write 0ms to 2147483647ms"),
        ("effective_cache_size", "75%", "write one like '8kB'"),
        ("wal_buffers", "2GB", "write -1 to 2097144kB"),
        ("ssl_max_protocol_version", "1.2", "write TLSv1, TLSv1.1, TLSv1.2, TLSv1.3"),
        ("work_mem", "1 gb", "write '1GB'"),
        ("work_mem", "10min", "write one of B, kB, MB, GB, TB"),
        ("statement_timeout", "10m", "write '10min'"),
        ("statement_timeout", "5 fortnights", "write one of us, ms, s, min, h, d"),
        ("max_connections", "100MB", "write it without a unit"),
        ("max_connections", "1_000", "write one like '1'"),
        ("max_connections", "\u0663", "write one like '1'"),
        ("max_connections", "5\u00a0", "write one like '1'"),
        ("max_connections", "09", "write one like '1'"),
        ("work_mem", "1kB", "write 64kB to 2147483647kB"),
        ("random_page_cost", "1e999", "write 0 to"),
        ("max_connections", "0x" + "f" * 400, "write 1 to 262143"),
        ("max_connections", "-0" + "7" * 500, "write 1 to 262143"),
        ("max_connections", "9" * 5000, "write 1 to 262143"),
        ("autovacuum", "o", "write 'on' or 'off'"),
        ("autovacuum", "off ", "write 'on' or 'off'"),
        ("autovacuum", "", "write 'on' or 'off'"),
        ("wal_level", "replicas", "write logical, minimal, replica"),
    ],
)
def test_a_value_that_postgresql_refuses_has_a_fix(name: str, text: str, fix: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        settings(17)[name].read(text)
    assert fix in str(refused.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [("work_mem", "64MB"), ("statement_timeout", "10min"), ("wal_level", "logical")],
)
def test_what_is_proposed_is_accepted(name: str, text: str) -> None:
    assert settings(17)[name].read(text) is not None


def test_amounts_are_in_bytes_and_seconds() -> None:
    known = settings(17)
    assert known["shared_buffers"].amount("32768") == 256 << 20
    assert known["min_wal_size"].amount("512") == 512 << 20
    assert known["archive_timeout"].amount("4min") == 240


@pytest.mark.parametrize("major", MAJORS)
def test_each_major_has_its_own_parameters(major: int) -> None:
    known = settings(major)
    assert ("io_method" in known) == (major >= 18)
    assert ("old_snapshot_threshold" in known) == (major <= 16)
    assert known["wal_compression"].type == ("bool" if major == 14 else "enum")


def test_an_unknown_name_says_which_version_has_it() -> None:
    assert unknown("io_method", 17).startswith("exists from PostgreSQL 18 on")
    assert unknown("old_snapshot_threshold", 17).startswith("was removed after PostgreSQL 16")
    assert unknown("work_men", 17).endswith("did you mean 'work_mem'?")
    assert unknown("zzz", 17).endswith("leave it out")


def test_all_that_archives_or_recovers_is_known_as_such() -> None:
    assert grouped("archiving") == {
        "archive_command",
        "archive_library",
        "archive_mode",
        "archive_timeout",
    }
    assert {"restore_command", "recovery_target_time"} <= grouped("recovery")


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("timezone", ["Europe/Berlin", "utc", "UTC+3", "<+03>-3", "-03:30", "2.5", "EST5EDT"]),
        ("datestyle", ["ISO, DMY", "german", "Postgres, MDY", "", '"ISO"', "EURO"]),
        ("client_encoding", ["UTF8", "utf-8", "LATIN-1", "windows-1252"]),
        ("search_path", ['"$user", public', "", "a,b", '"a""b"']),
        ("log_connections", ["on", "all", "receipt, authentication", ""]),
        ("wal_consistency_checking", ["", "all", "Heap, btree"]),
        ("restrict_nonsystem_relation_kind", ["view, foreign-table", ""]),
    ],
)
def test_a_text_with_a_check_of_its_own_is_accepted_as_postgresql_accepts_it(
    name: str, texts: list[str]
) -> None:
    assert [settings(18)[name].read(text) for text in texts] == texts


@pytest.mark.parametrize("major", MAJORS)
def test_each_word_of_the_table_is_a_choice(major: int) -> None:
    for setting in settings(major).values():
        for word in setting.words:
            assert setting.read(word) == setting.read(word.upper()) == word.lower()
