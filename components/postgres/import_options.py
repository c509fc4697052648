"""What an import leaves out of its source, and how many tables it reads at once.

Each is an option of pg_dump or pg_restore. CloudNativePG hands any option on without a look
(database_import.md, v1.30.0), after those by which it knows where the dump is and what is in it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Identifier

_NAME = r'(?:[-\w$*?]+|"[^"]+")'


@rule("value")
def table_is_named_as_pg_dump_reads_it(value: str) -> Iterator[Fault]:
    """A table is a name, or a schema and a name, as pg_dump reads them.

    Letters are read as small ones outside of quotes, and `*` and `?` stand for others (psql,
    "Patterns"). Where nothing has the name pg_dump says nothing.
    """
    if not value.isprintable() or not re.fullmatch(rf"{_NAME}(?:\.{_NAME})?", value):
        yield Fault(
            f"'{value}' is not a table; write its name, like 'audit.log_*', in double quotes what "
            "has others than letters, digits, '_' and '-'"
        )


class ImportOptionsSpec(Spec):
    """What of the source is imported, and how fast."""

    jobs: int = Field(default=1, ge=1, le=32)
    """How many tables are read, and written, at once (`--jobs`). The source needs one more
    connection than that, and each index that is made meanwhile its `maintenance_work_mem`."""

    exclude_table_data: Sequence[Annotated[str, obeys(table_is_named_as_pg_dump_reads_it)]] = ()
    """Tables that are imported without their rows, like 'audit.log_*'. A foreign key to rows that
    are not there ends the import."""

    exclude_schemas: Sequence[Identifier] = ()
    """Schemas that are not imported, like those of a provider's own tools."""

    exclude_extensions: Sequence[Identifier] = ()
    """Extensions that are not imported, as the image has not all of a provider's. It needs the
    pg_dump of an image of PostgreSQL 17 or newer."""

    @property
    def written(self) -> dict[str, list[str]]:
        """The part of `initdb.import` that has them."""
        given = {name: getattr(self, name) for name in ImportOptionsSpec.model_fields}
        return options_of(given)


def expression_of(table: str) -> str:
    """Return the regular expression by which PostgreSQL finds the *table* of a pattern.

    It is for `schema.table`, and for `.table` where the pattern names no schema.
    """
    wild = {"*": ".*", "?": "."}
    parts = re.findall(r'"([^"]+)"|([^"])', table)
    made = "".join(
        re.escape(quoted) or wild.get(plain) or re.escape(plain.lower()) for quoted, plain in parts
    )
    return f"^{'' if any(plain == '.' for _, plain in parts) else '[.]'}{made}$"


def options_of(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the part of `initdb.import` with the options that are *given*, by their fields."""
    jobs = [f"--jobs={given['jobs']}"] if given.get("jobs", 1) > 1 else []
    named = [
        *(f"--exclude-table-data={it}" for it in given.get("exclude_table_data", ())),
        *(f'--exclude-schema="{it}"' for it in given.get("exclude_schemas", ())),
        *(f'--exclude-extension="{it}"' for it in given.get("exclude_extensions", ())),
    ]
    made = {"pgDumpExtraOptions": [*jobs, *named], "pgRestoreExtraOptions": jobs}
    return {name: options for name, options in made.items() if options}
