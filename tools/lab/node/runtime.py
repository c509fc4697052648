"""What containerd holds: images that are loaded once and kept, containers of a lab that ended."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from tools import Fault, say
from tools.lab.images import image as images
from tools.lab.images.image import Image
from tools.lab.machine.host import program
from tools.lab.node.settings import SOCKET


def serves() -> bool:
    """Tell whether containerd answers."""
    return SOCKET.exists() and _ctr("version").returncode == 0


def load(wanted: Iterable[Image], cache: Path) -> None:
    """Import the images that are not there as they are described; forget their predecessors."""
    present = _present()
    for image in wanted:
        made = present.get(image.made_from)
        if made is not None and all(present.get(name) == made for name in image.names):
            continue
        archive = images.build(image, cache)
        say(f"importing {image.name} ({archive.stat().st_size / 1e6:.0f} MB)")
        _checked(image.name, _ctr("images", "import", str(archive)))
        # Its layers are in containerd's store now, and its root is still in the cache.
        archive.unlink(missing_ok=True)
        stem = image.made_from.rpartition(":")[0]
        old = [name for name in present if name.startswith(f"{stem}:") and name != image.made_from]
        if old:
            _checked(image.name, _ctr("images", "rm", *old))


def forget_containers() -> bool:
    """Remove the containers of a lab that ended; tell whether there were any.

    containerd keeps them with the images. A kubelet would take minutes to tidy them away, and they
    hold what their pods wrote.
    """
    names = _checked("containerd", _ctr("containers", "ls", "-q")).split()
    if names:
        # One whose process has just been killed may need another moment.
        _ctr("containers", "rm", *names)
    return bool(names)


def _present() -> dict[str, str]:
    """Return each image's name and the digest of what it points to."""
    lines = _checked("containerd", _ctr("images", "ls")).splitlines()[1:]
    rows = [line.split() for line in lines]
    return {row[0]: row[2] for row in rows if len(row) > 2}  # noqa: PLR2004 (name, type, digest)


def _ctr(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [program("ctr"), f"--address={SOCKET}", "--namespace=k8s.io", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def _checked(place: str, answer: "subprocess.CompletedProcess[str]") -> str:
    if answer.returncode:
        raise Fault(
            place,
            f"containerd refused it ({answer.stderr.strip()[-300:]})",
            "free some space if the disk is full, else run `make lab-down` and `make lab`",
        )
    return answer.stdout
