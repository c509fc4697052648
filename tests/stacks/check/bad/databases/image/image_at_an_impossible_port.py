"""databases.n8n.image: 'registry.example.org:70000/postgresql:17.6-system-trixie' is not an image; write '<registry>/<name>:<tag>' [image-is-pinned]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(image="registry.example.org:70000/postgresql:17.6-system-trixie")}
)
