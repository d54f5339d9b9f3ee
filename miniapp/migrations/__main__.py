"""Write the next revision: ``python -m miniapp.migrations "what changes"``."""

import sys
import tempfile
from pathlib import Path

import miniapp.base.heartbeat
import miniapp.base.outbox
import miniapp.catalogue.models
import miniapp.operators.models
import miniapp.orders.archive
import miniapp.orders.ledger
import miniapp.orders.models  # noqa: F401
from miniapp.base import migrating
from miniapp.base.db import Base


def main(arguments: list[str]) -> int:
    """Write the difference between the revisions and the models; 1 when there is none."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    count = len(list((migrating.SCRIPTS / "versions").glob("[0-9]*.py")))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'history.sqlite3'}"
        migrating.upgrade(url)
        if not migrating.differences(url, Base.metadata):
            print("The revisions already lead to the models.")  # noqa: T201
            return 1
        written = migrating.revise(url, arguments[0], Base.metadata, f"{count + 1:04}")
    _without_advice(written)
    print(f"{written}\nFormat it with ruff, and read it.")  # noqa: T201
    return 0


def _without_advice(written: Path) -> None:
    lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
    written.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
