"""`python -m benchmarks.peers firedrill|cnpg-drill|table`: what the drills of others find."""

import argparse
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks.peers import cnpg_drill, firedrill, table
from benchmarks.peers.backups import docker
from benchmarks.peers.databases import Databases
from benchmarks.peers.faults import FAULTS, Found, record
from benchmarks.peers.firedrill_faults import MODES
from benchmarks.peers.image import lab_image
from benchmarks.peers.kubernetes import namespace
from tools import Fault, write_atomically

console = Console(highlight=False)


def _say(peer: str) -> Callable[[str, Found], None]:
    return lambda fault, it: console.print(
        f"{peer}: {fault}: {it.word} ({it.status}) {it.rule} {it.said} {it.note}", markup=False
    )


def _firedrill(folder: Path, image: str) -> None:
    """Run it against every fault that it can meet, and record what it found."""
    image = lab_image(firedrill.MAJOR) if image == "lab" else image
    it = firedrill.Firedrill(folder, image)
    made = image.format(major=firedrill.MAJOR)
    server = docker("run", "--rm", "--entrypoint", "postgres", made, "--version")
    about = {
        "version": firedrill.VERSION,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "with": f"{server}; Docker {docker('version', '--format', '{{.Server.Version}}')}",
    }
    for mode, finds in MODES.items():
        found = finds(it)
        for fault, one in found.items():
            _say(mode)(fault, one)
        record(mode, about, found)


def _cnpg_drill(folder: Path, arguments: argparse.Namespace) -> None:
    """Run it in a namespace of the cluster, and record what it found."""
    kubectl = shutil.which("kubectl", path=str(Path(sys.executable).parent)) or "kubectl"
    with namespace(kubectl, arguments.kubeconfig) as cluster:
        databases = Databases(
            cluster,
            ca=arguments.ca.read_text("utf-8"),
            bucket_class=arguments.bucket_class,
            image=arguments.database_image,
        )
        it = cnpg_drill.CnpgDrill(folder, databases)
        wanted = arguments.only or [fault.name for fault in FAULTS]
        found = cnpg_drill.find(it, wanted, _say("cnpg-drill"))
        about = {
            "version": cnpg_drill.VERSION,
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "with": databases.versions(),
        }
        console.print(f"asked while the server restarted: {it.raced} of {it.asked} drills")
        record("cnpg-drill", about, found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    peers = parser.add_subparsers(dest="what", required=True)
    dumps = peers.add_parser("firedrill", help="needs Docker")
    dumps.add_argument(
        "--image",
        default="postgres:{major}",
        help="what it restores into, with {major} in it; `lab` makes one of the lab's packages",
    )
    clusters = peers.add_parser("cnpg-drill", help="needs a cluster: make lab")
    clusters.add_argument("--kubeconfig", type=Path, required=True)
    clusters.add_argument("--ca", type=Path, required=True, help="the CA of the object store, PEM")
    clusters.add_argument("--bucket-class", required=True, help="a StorageClass of Rook's buckets")
    clusters.add_argument("--database-image", required=True, help="the image of PostgreSQL 17")
    names = [fault.name for fault in FAULTS]
    clusters.add_argument("--only", nargs="+", choices=names, help="some faults, by their names")
    peers.add_parser("table", help="write docs/peers.md of what is recorded")
    return parser


def main() -> int:
    """Run one peer or write the table, and return the exit status."""
    arguments = _parser().parse_args()
    try:
        with TemporaryDirectory(prefix="tier0-peers-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # servers in containers read what is in it
            match arguments.what:
                case "firedrill":
                    _firedrill(folder, arguments.image)
                case "cnpg-drill":
                    _cnpg_drill(folder, arguments)
                case _:
                    write_atomically(table.DOCUMENT, table.document(), 0o644)
    except Fault as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command line prints
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
