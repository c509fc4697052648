"""The policies that judge one object alone."""

import re
from collections.abc import Iterator

from components.postgres.archive import PLUGIN
from components.spec import cron
from components.spec.addresses import address_is_https
from components.spec.rule import Fault, rule
from components.spec.words import moment_has_time_zone
from stacks.check.rules.encryption import unknown_ca
from stacks.check.rules.hints import in_tree_ends
from stacks.policies.objects import (
    CLUSTER,
    CNPG,
    ROOK,
    UNKNOWN,
    Resource,
    archiver,
    at,
    stores,
    text,
)

_FIELDS = 6


@rule("policy")
def archiver_is_designated(resource: Resource) -> Iterator[Fault]:
    """A Cluster has a WAL archiver: the plugin with `isWALArchiver`, or barmanObjectStore.

    Without one CloudNativePG drops WAL, and the condition ContinuousArchiving says True all the
    same (v1.30.0). `isWALArchiver` is false where it is left out.
    """
    plugins = resource.at("spec", "plugins")
    if resource.kind != CLUSTER or UNKNOWN in (resource.at("spec"), plugins):
        return
    found = {text(it, "name"): at(it, "isWALArchiver") for it in resource.items("spec", "plugins")}
    if archiver(resource) or resource.at("spec", "backup", "barmanObjectStore"):
        return
    if UNKNOWN in found.values():
        return
    if PLUGIN in found:
        yield Fault(
            f"'{PLUGIN}' archives no WAL, as it is not the archiver; write isWALArchiver: true",
            ("spec", "plugins"),
        )
    else:
        yield Fault(
            f"nothing archives its WAL; write the plugin '{PLUGIN}' with isWALArchiver: true",
            ("spec", "plugins"),
        )


@rule("policy")
def schedule_has_seconds(resource: Resource) -> Iterator[Fault]:
    """A ScheduledBackup's schedule has six fields, seconds first, and fires once a minute at most.

    CloudNativePG reads five from the seconds on: `0 2 * * *` is every hour there, with only a
    warning (scheduledbackup_webhook.go, v1.30.0). Specs of tier0 have five, and the sixth is
    written by it (`schedule-is-valid-cron`).
    """
    value = resource.text("spec", "schedule")
    if resource.kind != f"ScheduledBackup.{CNPG}" or not value or value.startswith("@"):
        return
    fields = [it for it in value.split() if not it.startswith("TZ=")]
    place = ("spec", "schedule")
    if len(fields) == _FIELDS - 1:
        yield Fault(
            f"'{value}' has 5 fields, and CloudNativePG reads the first as seconds; write "
            f"'{cron.six_fields(value)}'",
            place,
        )
    elif len(fields) != _FIELDS:
        yield Fault(
            f"'{value}' has {len(fields)} fields; write six, seconds first, like '0 0 2 * * *'",
            place,
        )
    elif not re.fullmatch(r"[0-9]{1,2}", fields[0]):
        yield Fault(
            f"'{value}' has '{fields[0]}' as seconds, so it fires more than once a minute; write "
            "'0'",
            place,
        )


@rule("policy")
def gateway_serves_https_only(resource: Resource) -> Iterator[Fault]:
    """A CephObjectStore serves nothing without TLS.

    With `port` Rook opens plain HTTP next to `securePort` (CephObjectStore, "Gateway Settings"),
    and Barman takes either without a warning.
    """
    port = resource.at("spec", "gateway", "port")
    if resource.kind == f"CephObjectStore.{ROOK}" and isinstance(port, int | float) and port:
        yield Fault(
            f"port {port:.0f} serves every row without TLS; write securePort with "
            "sslCertificateRef, and leave port out",
            ("spec", "gateway", "port"),
        )


@rule("policy")
def ca_keeps_its_key(resource: Resource) -> Iterator[Fault]:
    """The key of a CA stays when its certificate is renewed.

    From cert-manager 1.18 on `rotationPolicy` is Always where it is left out. With another key the
    certificates of before are not verified by the new CA, nor new ones by copies of the old.
    """
    if resource.kind != "Certificate.cert-manager.io" or resource.at("spec", "isCA") is not True:
        return
    policy = resource.at("spec", "privateKey", "rotationPolicy")
    if policy is not UNKNOWN and policy != "Never":
        yield Fault(
            "the CA gets another key whenever it is renewed, and no copy of it verifies what it "
            "signs then; write 'Never'",
            ("spec", "privateKey", "rotationPolicy"),
        )


def endpoints_are_https(resource: Resource) -> Iterator[Fault]:
    """Find stores without TLS, as `address-is-https` does."""
    for store in stores(resource):
        if url := text(store.configuration, "endpointURL"):
            for fault in address_is_https(url):
                yield Fault(fault.message, (*store.place, "endpointURL"))


def endpoints_have_ca(resource: Resource) -> Iterator[Fault]:
    """Find stores whose CA is not given, as `private-endpoint-has-ca` does."""
    for store in stores(resource):
        url = text(store.configuration, "endpointURL")
        if url and not at(store.configuration, "endpointCA") and not any(address_is_https(url)):
            yield from unknown_ca(url, *store.place, "endpointCA")


def targets_have_time_zone(resource: Resource) -> Iterator[Fault]:
    """Find moments that are read as UTC, whatever was meant, as `moment-has-time-zone` does."""
    place = ("spec", "bootstrap", "recovery", "recoveryTarget", "targetTime")
    if resource.kind == CLUSTER and (value := resource.text(*place)):
        for fault in moment_has_time_zone(value):
            yield Fault(fault.message, place)


def archives_use_plugin(resource: Resource) -> Iterator[Fault]:
    """Find the method that CloudNativePG removes, as `archive-uses-plugin` does."""
    place = ("spec", "backup", "barmanObjectStore")
    if resource.kind == CLUSTER and resource.at(*place):
        yield Fault(in_tree_ends("barmanObjectStore"), place)
