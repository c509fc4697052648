"""PgBouncer's parameters: which may be set, and what it reads."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated

from components.spec.rule import Fault, obeys, rule
from components.spec.words import INT32_MOST

SECONDS = frozenset(
    (
        *("autodb_idle_timeout", "cancel_wait_timeout", "client_idle_timeout"),
        *("client_login_timeout", "dns_max_ttl", "dns_nxdomain_ttl", "idle_transaction_timeout"),
        *("query_timeout", "query_wait_timeout", "reserve_pool_timeout", "server_check_delay"),
        *("server_connect_timeout", "server_idle_timeout", "server_lifetime"),
        *("server_login_retry", "stats_period", "tcp_keepidle", "tcp_keepintvl"),
    )
)
COUNTS = frozenset(
    (
        *("listen_backlog", "max_db_connections", "max_prepared_statements"),
        *("max_user_connections", "min_pool_size", "reserve_pool_size", "tcp_keepcnt"),
        *("tcp_socket_buffer", "tcp_user_timeout", "verbose"),
    )
)
SWITCHES = frozenset(
    (
        *("application_name_add_host", "log_connections", "log_disconnections"),
        *("log_pooler_errors", "log_stats", "server_fast_close", "server_reset_query_always"),
        *("server_round_robin", "tcp_keepalive"),
    )
)
LISTS = frozenset(("ignore_startup_parameters", "track_extra_parameters"))
QUERIES = frozenset(("server_check_query", "server_reset_query"))
"""PgBouncer's parameters by what they hold (its `config.md`), of those that CloudNativePG lets
through (pooler_webhook.go, v1.30.0)."""

_FIELDS = {"default_pool_size": "default_pool_size", "max_client_conn": "max_client_connections"}
_NAMES = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*(, ?[A-Za-z_][A-Za-z0-9_.]*)*")


@rule("value")
def pooler_parameter_fits_pgbouncer(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """PgBouncer has each parameter and reads its value, and none undoes encryption or passwords.

    CloudNativePG refuses other names, and judges no value: with one that PgBouncer does not read no
    pod of the pool starts (connection_pooling.md). PgBouncer's times are bare numbers of seconds.
    """
    known = SECONDS | COUNTS | SWITCHES | LISTS | QUERIES
    for name, value in parameters.items():
        if field := _FIELDS.get(name):
            fault = f"is the field {field}; write that instead"
        elif name == "auth_type" or re.match(r"(client|server)_tls", name):
            fault = "would undo the encryption and the passwords that are set up; leave it out"
        elif name not in known:
            close = get_close_matches(name, sorted(known), n=1)
            meant = f"did you mean '{close[0]}'?" if close else "leave it out"
            fault = f"is not a parameter of PgBouncer that may be set; {meant}"
        else:
            fault = _unread(name, value)
        if fault:
            yield Fault(fault, (name,))


def _unread(name: str, value: str) -> str:
    """Return `fault; fix` of a value that PgBouncer does not read as is meant; empty if it does."""
    if name in SWITCHES:
        return "" if value in {"0", "1"} else f"'{value}' is no switch; write '0' or '1'"
    if name in LISTS:
        good = _NAMES.fullmatch(value) is not None
        return "" if good else f"'{value}' is no list of parameters; write one like 'search_path'"
    if name in QUERIES:
        good = value.isprintable()
        return "" if good else "has a line break or a control character; write one line"
    if not re.fullmatch(r"0|[1-9][0-9]{0,9}", value) or int(value) > INT32_MOST:
        unit = " of seconds" if name in SECONDS else ""
        return f"'{value}' is no number{unit}; write 0 to {INT32_MOST}"
    return ""


PoolerParameters = Annotated[Mapping[str, str], obeys(pooler_parameter_fits_pgbouncer)]


def number_of(parameters: Mapping[str, str], name: str) -> int:
    """Return a count; 0, PgBouncer's default of those that are asked for, if it is left out."""
    return int(parameters.get(name, "0"))
