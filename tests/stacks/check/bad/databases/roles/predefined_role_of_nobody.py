"""databases.n8n.roles.a.in_roles: 'pg_superuser' is not a predefined role; write one of pg_checkpoint, pg_create_subscription, pg_execute_server_program, pg_maintain, pg_monitor, pg_read_all_data, pg_read_all_settings, pg_read_all_stats, pg_read_server_files, pg_signal_backend, pg_stat_scan_tables, pg_use_reserved_connections, pg_write_all_data, pg_write_server_files [predefined-roles-exist]"""

from components.postgres.roles import RoleSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(roles={"a": RoleSpec(in_roles=["pg_superuser"])})}
)
