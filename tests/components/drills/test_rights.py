"""What a drill may do; tests/engine/test_drills.py asks the API server."""

from components.drills.rights import rights


def test_a_drill_may_do_what_it_needs_and_no_more() -> None:
    found = {
        f"{verb} {resource} {name}"
        for rule in rights("n8n-drills")
        for verb in rule["verbs"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", ["*"])
    }
    assert found == {
        "create clusters *",
        *(f"{verb} clusters drill" for verb in ("get", "patch", "delete")),
        *(f"{verb} pods *" for verb in ("get", "list")),
        "get pods/log *",
        "list persistentvolumeclaims *",
        *(f"get secrets drill-{it}" for it in ("superuser", "ca")),
        *(f"{verb} configmaps n8n-drills" for verb in ("get", "patch")),
        "get jobs *",
        "list events *",
    }
