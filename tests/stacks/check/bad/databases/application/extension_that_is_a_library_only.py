"""databases.n8n.application.extensions: 'auto_explain' is a library without an extension; leave it out, and set a parameter like 'auto_explain.log_min_duration' [created-extension-is-loaded]"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            parameters={"auto_explain.log_min_duration": "1s"},
            application=application(extensions=["auto_explain"]),
        )
    }
)
