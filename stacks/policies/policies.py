"""Every policy of the pack."""

from collections.abc import Sequence

from stacks.policies import drilled, one, whole
from stacks.policies.policy import Policy

POLICIES: Sequence[Policy] = (
    Policy(rule="archiver-is-designated", of=one.archiver_is_designated),
    Policy(rule="schedule-has-seconds", of=one.schedule_has_seconds),
    Policy(rule="address-is-https", of=one.endpoints_are_https),
    Policy(rule="private-endpoint-has-ca", of=one.endpoints_have_ca),
    Policy(rule="gateway-serves-https-only", of=one.gateway_serves_https_only),
    Policy(rule="ca-keeps-its-key", of=one.ca_keeps_its_key),
    Policy(rule="moment-has-time-zone", of=one.targets_have_time_zone),
    Policy(rule="archive-uses-plugin", of=one.archives_use_plugin, advisory=True),
    Policy(rule="archive-is-not-shared", of_all=whole.archives_are_not_shared),
    Policy(rule="archive-has-retention", of_all=whole.archive_has_retention),
    Policy(rule="encryption-has-kms", of_all=whole.encryption_is_possible),
    Policy(rule="data-is-protected", of_all=whole.data_is_protected),
    Policy(rule="drill-is-recent", of_all=drilled.drill_is_recent, settings=drilled.SETTINGS),
)
