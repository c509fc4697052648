"""databases.n8n.shared_preload_libraries: 'vchord' is listed twice; write it once [libraries-are-listed-once]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="docker.io/tensorchord/cloudnative-vectorchord:17.6",
            shared_preload_libraries=["vchord", "vchord.so"],
        )
    }
)
