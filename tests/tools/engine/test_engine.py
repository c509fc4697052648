"""What is said of a `pulumi` that failed."""

from tools.engine.engine import diagnosed


def test_a_failed_pulumi_says_its_diagnostics_and_not_its_outputs() -> None:
    said = "Updating (lab):\nDiagnostics:\n  Cluster: refused\n\nOutputs:\n    databases: {}\n"
    assert diagnosed(said) == ["Diagnostics:", "  Cluster: refused", ""]


def test_a_failed_update_says_its_diagnostics_though_its_preview_had_outputs() -> None:
    preview = (
        "Previewing update (lab):\nDiagnostics:\n  Job: a hint\n\nOutputs:\n    databases: {}\n"
    )
    update = "Updating (lab):\nDiagnostics:\n  Job: refused\n"
    assert diagnosed(f"{preview}{update}Outputs:\n") == ["Diagnostics:", "  Job: refused"]
    assert diagnosed(preview.replace("Diagnostics", "Said") + update)[1] == "  Job: refused"


def test_without_diagnostics_its_last_lines_are_said() -> None:
    lines = [str(number) for number in range(100)]
    assert diagnosed("\n".join(lines)) == lines[-40:]
