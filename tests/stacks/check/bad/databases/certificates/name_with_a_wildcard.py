"""databases.n8n.certificates.hosts.0: '*.example.org' is not a host name; write one like 's3.example.org', without scheme, port or wildcard [host-name-is-dns-name]"""

from tests.valid import database, environment, own_certificates

ENVIRONMENT = environment(
    databases={"n8n": database(certificates=own_certificates(hosts=["*.example.org"]))}
)
