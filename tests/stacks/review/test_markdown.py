"""What differs between two rendered trees, as a comment shows it."""

from pathlib import Path

import pytest

from components.kube import HOLDS_DATA
from stacks.review.markdown import COMMENT, compare, to_markdown
from tests.stacks.review.previews import Review


def tree(folder: Path, **objects: str) -> Path:
    folder.mkdir()
    for name, text in objects.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def an_object(name: str, *lines: str, holds_data: bool = False) -> str:
    mark = f"\n  annotations: {{{HOLDS_DATA}: 'true'}}" if holds_data else ""
    head = f"kind: Cluster\nmetadata:\n  name: {name}\n  namespace: db{mark}\n"
    return head + "".join(f"{line}\n" for line in lines)


def test_counts_come_first_and_what_holds_data_before_the_rest(
    review: Review, tmp_path: Path
) -> None:
    base = tree(
        tmp_path / "base",
        a=an_object("a", "x: 1"),
        b=an_object("b"),
        y=an_object("y", "x: 1", holds_data=True),
        z=an_object("z", holds_data=True),
    )
    head = tree(
        tmp_path / "head",
        a=an_object("a", "x: 2"),
        b=an_object("b"),
        c=an_object("c"),
        y=an_object("y", "x: 2", holds_data=True),
    )
    text = review("diff", str(base), str(head)).stdout
    assert text.splitlines()[0] == (
        "**Objects**: 1 added, 2 changed, 1 removed, 1 unchanged; 2 of these hold data"
    )
    titles = [line for line in text.splitlines() if line.startswith("<details>")]
    assert [title[len("<details><summary>") : -len("</summary>")] for title in titles] == [
        "<b>holds data</b>, removed: <code>Cluster db/z</code> (+0 -5)",
        "<b>holds data</b>, changed: <code>Cluster db/y</code> (+1 -1)",
        "changed: <code>Cluster db/a</code> (+1 -1)",
        "added: <code>Cluster db/c</code> (+4 -0)",
    ]
    assert "\n-x: 1\n+x: 2\n" in text


def test_an_object_that_stops_being_marked_is_still_shown_as_holding_data(tmp_path: Path) -> None:
    base = tree(tmp_path / "base", a=an_object("a", holds_data=True))
    head = tree(tmp_path / "head", a=an_object("a"))
    assert compare(base, head).changes[0].holds_data


def test_the_same_trees_show_nothing_to_unfold(tmp_path: Path) -> None:
    base = tree(tmp_path / "base", a=an_object("a"))
    assert to_markdown(compare(base, base)) == (
        "**Objects**: 0 added, 0 changed, 0 removed, 1 unchanged\n"
    )


@pytest.mark.parametrize("line", ["x: é" * 30, "x: y" * 30], ids=["two bytes", "one byte"])
def test_a_large_change_is_cut_with_a_sentence_and_fits_into_a_comment(
    tmp_path: Path, line: str
) -> None:
    base = tree(tmp_path / "base")
    head = tree(
        tmp_path / "head",
        **{f"o{n:03}": an_object(f"o{n}", *[line] * 100) for n in range(40)},
        huge=an_object("huge", *[line] * 5000, holds_data=True),
    )
    text = to_markdown(compare(base, head))
    assert COMMENT * 0.8 < len(text.encode()) <= COMMENT
    assert "more lines are not shown" in text
    assert "(0 holding data) are not shown, because a comment has a size limit" in text
    assert text.count("<details>") == text.count("</details>") > 2
    assert text.count("```") % 2 == 0


def test_a_backtick_fence_inside_an_object_does_not_end_its_block(tmp_path: Path) -> None:
    base = tree(tmp_path / "base")
    head = tree(tmp_path / "head", a=an_object("a", "text: |", "  ```", "  # not a title"))
    assert "\n````diff\n" in to_markdown(compare(base, head))


def test_what_is_no_object_is_compared_as_text(tmp_path: Path) -> None:
    base = tree(tmp_path / "base", a="{", b="- 1\n")
    head = tree(tmp_path / "head", a="}", b="metadata: 1\n")
    assert [change.name for change in compare(base, head).changes] == ["a.yaml", "b.yaml"]


def test_a_folder_that_is_not_there_is_a_sentence(review: Review, tmp_path: Path) -> None:
    done = review("diff", str(tmp_path / "none"), str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == (
        f"{tmp_path / 'none'}: is not a folder; create it with `python -m stacks render --out`\n"
    )


def test_what_a_change_cannot_do_and_what_it_brings_come_before_the_objects(
    tmp_path: Path,
) -> None:
    def cluster(size: str, storage_class: str) -> str:
        spec = f"spec: {{storage: {{size: {size}, storageClass: {storage_class}}}}}"
        return "apiVersion: postgresql.cnpg.io/v1\n" + an_object("a", spec)

    base = tree(tmp_path / "base", a=cluster("20Gi", "slow"))
    head = tree(tmp_path / "head", a=cluster("10Gi", "fast"))
    text = to_markdown(compare(base, head))
    assert text.index("**Cannot be changed**") < text.index("**Consequences**")
    assert text.index("**Consequences**") < text.index("<details>")
    assert "\nCluster db/a: spec.storage.size: '20Gi' cannot become '10Gi'" in text
    assert "\nCluster db/a: spec.storage.storageClass: 'slow' becomes 'fast'" in text
    assert "Consequences" not in to_markdown(compare(base, base))
