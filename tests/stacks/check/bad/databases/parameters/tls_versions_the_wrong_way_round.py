"""databases.n8n.parameters.ssl_min_protocol_version: 'TLSv1.2' is above ssl_max_protocol_version 'tlsv1', and PostgreSQL does not start; write 'tlsv1', or a higher ssl_max_protocol_version [tls-versions-form-a-range]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            parameters={"ssl_min_protocol_version": "TLSv1.2", "ssl_max_protocol_version": "tlsv1"}
        )
    }
)
