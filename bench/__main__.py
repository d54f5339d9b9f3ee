"""``python3 dev.py bench``: measure, print one table, write it into README.md.

Only ratios and counts are kept: a machine's own speed wanders by a factor of two within minutes.
"""

import argparse
import logging
import sys
import tempfile
from pathlib import Path

import structlog

from bench import browser, lives, processes, server, table
from bench.table import Section
from miniapp.base import logs


def main() -> int:
    """Run what was asked for; 1 when a figure is over its budget."""
    arguments = _parser().parse_args()
    if arguments.only == "lives":
        return lives.run(arguments.rounds or 2_000)
    logs.configure("json")
    logging.getLogger().setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    sections: list[Section] = []
    # Beside the checkout's own files, because a temporary folder may be in memory.
    (processes.ROOT / "instance").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=processes.ROOT / "instance") as made:
        folder = Path(made)
        if arguments.only != "server":
            sections += browser.measured(folder, arguments.rounds or 9)
        if arguments.only != "browser":
            sections += server.measured(folder, arguments.rounds or 5)
    print(table.plain(sections))
    if arguments.only is None and table.write(sections):
        print("\nThe table is in README.md.")
    return int(any(row.over for section in sections for row in section.rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--rounds", type=int, help="9 in the browser, 5 for the server")
    only = "leaves README.md alone; lives: random orders, 2,000 on each database"
    parser.add_argument("--only", choices=("browser", "server", "lives"), help=only)
    return parser


if __name__ == "__main__":
    sys.exit(main())
