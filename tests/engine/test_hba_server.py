"""A real PostgreSQL reads the lines of pg_hba.conf that `check` accepts, and no others."""

from collections.abc import Iterator

import pytest

from tests.components.postgres.test_hba import READ, REFUSED
from tests.postgres import Postgres, running


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running() as made:
        yield made


def _read(server: Postgres, line: str) -> bool:
    """Return whether PostgreSQL reads *line*, from the file and without a reload."""
    (server.folder / "data" / "pg_hba.conf").write_text(f"{line}\n")
    # A line that it does not read has no type there; some have no error either.
    return server.sql("select count(type) from pg_hba_file_rules") == "1"


# The server that is built for tests has no GSSAPI, and CloudNativePG's images have.
@pytest.mark.parametrize("line", [line for line in READ if not line.startswith("hostgssenc")])
def test_a_line_that_check_accepts_is_read(server: Postgres, line: str) -> None:
    assert _read(server, line)


@pytest.mark.parametrize("line", REFUSED)
def test_a_line_that_check_refuses_is_not_read(server: Postgres, line: str) -> None:
    assert not _read(server, line)
