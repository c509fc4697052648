"""Rules of the memory that PostgreSQL starts with: shared buffers, and huge pages for them."""

from collections.abc import Iterator

from components.postgres.parameters import parameter_bytes, value_of
from components.postgres.resources import page_parameters, whole_pages
from components.postgres.spec import PostgresSpec
from components.spec.rule import Fault, rule
from components.spec.words import size_bytes

_SHARED_BUFFERS = "128MB"
_BASE = 12 * 2**20
_SHARE = 50
"""What shared memory has at least besides the buffers, with 20 connections: 12 MiB and a fiftieth
of them. `postgres -C shared_memory_size` (17.10) says 145 MB for 128 MB, 1,081 for 1 GB and 33,578
for 32 GB with 100 connections, and 2,370 for 2 GB with 5,000."""


def left_besides_buffers(spec: PostgresSpec) -> int | None:
    """Return the bytes of an instance's memory that its shared buffers leave; None: no limit."""
    if spec.resources is None:
        return None
    limit = size_bytes(spec.resources.most_memory)
    if spec.resources.huge_pages:
        return limit
    return limit - parameter_bytes(spec.parameters, "shared_buffers", _SHARED_BUFFERS)


@rule("spec", of=PostgresSpec)
def required_huge_pages_are_reserved(spec: PostgresSpec) -> Iterator[Fault]:
    """PostgreSQL requires huge pages only if they are reserved.

    With `huge_pages` 'on' it does not start without: `could not map anonymous shared memory` (run
    on 15).
    """
    reserved = spec.resources and spec.resources.huge_pages
    if not reserved and value_of(spec.parameters, "huge_pages", "try") in {
        *("on", "true", "yes", "1"),
    }:
        yield Fault(
            "PostgreSQL does not start without huge pages, and none are reserved; write 'try', or "
            "resources.huge_pages",
            ("parameters", "huge_pages"),
        )


@rule("spec", of=PostgresSpec)
def reserved_huge_pages_are_used(spec: PostgresSpec) -> Iterator[Fault]:
    """Huge pages that are reserved hold all shared memory, and PostgreSQL uses them.

    It takes all of its shared memory from huge pages or none. Pages that are too few are memory
    that nothing uses, or PostgreSQL is killed by SIGBUS when it touches one beyond the limit of its
    pod (kubernetes #71233). `huge_page_size` follows from the pages that are reserved.
    """
    made = spec.resources
    if made is None or made.huge_pages is None:
        return
    if value_of(spec.parameters, "huge_pages", "try") in {"off", "false", "no", "0"}:
        yield Fault(
            f"'{made.huge_pages}' of huge pages are reserved, and PostgreSQL would use none; write "
            "'try', or leave them out",
            ("parameters", "huge_pages"),
        )
    shared = parameter_bytes(spec.parameters, "shared_buffers", _SHARED_BUFFERS)
    if size_bytes(made.huge_pages) < shared + shared // _SHARE + _BASE:
        given = spec.parameters.get("shared_buffers", _SHARED_BUFFERS)
        yield Fault(
            f"'{made.huge_pages}' does not hold PostgreSQL's shared memory with shared_buffers "
            f"'{given}'; write at least '{whole_pages(made, shared + shared // 8 + 2 * _BASE)}'",
            ("resources", "huge_pages"),
        )
    for name, follows in page_parameters(made).items():
        size = parameter_bytes(spec.parameters, name, follows)
        if size not in {0, parameter_bytes({}, name, follows)}:
            yield Fault(
                f"'{spec.parameters[name]}' is not the size of the huge pages that are reserved; "
                "leave it out, or change resources.huge_page_size",
                ("parameters", name),
            )


@rule("spec", was="T219", of=PostgresSpec)
def memory_holds_shared_buffers(spec: PostgresSpec) -> Iterator[Fault]:
    """Memory holds PostgreSQL's shared buffers and its backends, unless huge pages hold them.

    CloudNativePG refuses shared buffers above the memory request (cluster_webhook.go,
    validateResources); if they are equal, the first backend is killed.
    """
    if spec.resources is None or spec.resources.huge_pages:
        return
    shared = parameter_bytes(spec.parameters, "shared_buffers", _SHARED_BUFFERS)
    if shared >= size_bytes(spec.resources.memory):
        given = spec.parameters.get("shared_buffers", _SHARED_BUFFERS)
        yield Fault(
            f"'{spec.resources.memory}' leaves no memory for backends besides shared_buffers "
            f"'{given}'; reserve four times shared_buffers",
            ("resources", "memory"),
        )
