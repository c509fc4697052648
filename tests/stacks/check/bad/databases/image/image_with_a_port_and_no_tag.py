"""databases.n8n.image: 'registry.example.org:5000/postgresql' names no fixed version; write 'registry.example.org:5000/postgresql:<tag>' or 'registry.example.org:5000/postgresql@sha256:<digest>' [image-is-pinned]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(image="registry.example.org:5000/postgresql")})
