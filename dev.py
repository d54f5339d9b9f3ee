#!/usr/bin/env python3
"""The commands of a developer, on a machine that has Python 3.11 and pip and nothing else.

    python3 dev.py demo                 the mini-app, its worker and a pretend Invoicebox, to try
    python3 dev.py test [pytest args]   the tests, those with a browser and PostgreSQL too
    python3 dev.py check                lint, types, imports, templates, texts, dependencies
    python3 dev.py bench                the benchmarks
    python3 dev.py texts                bring the Russian catalogues up to date with the sources
    python3 dev.py lock [--upgrade]     make requirements/*.txt anew from pyproject.toml, by uv

The first run makes .venv from the hash-locked requirements; a changed lock file is installed at
the next run. The program runs from the checkout, nothing is built. ``test`` also sees to a
browser and a database server: as root on Debian it installs them, elsewhere it says what to
install.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Python 3.11 or newer is needed.")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

BROWSERS = (
    "chromium",
    "chromium-headless-shell",
    "chromium-browser",
    "google-chrome",
    "chrome",
    "msedge",
)
APT_INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")
INSTALL_LINE = " ".join([*APT_INSTALL, "chromium", "libatomic1", "postgresql", "redis-server"])

CHECKS = {
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy",),
    "imports": ("lint-imports", "--no-logo"),
    "templates": ("djlint", "templates", "--lint", "--quiet"),
    "dependencies": ("deptry", ".", "--no-ansi"),
    "texts": ("python", "-m", "tests.structure.texts"),
}

LOCKS = {
    "requirements/app.txt": ("--extra", "postgres", "--extra", "demo"),
    "requirements/dev.txt": ("--all-extras", "--group", "dev"),
}


def demo(arguments: list[str]) -> NoReturn:
    """Start everything; replaces this process, so that Ctrl-C and signals reach the program."""
    install("app.txt")
    become("-m", "miniapp", "demo", *arguments)


def test(arguments: list[str]) -> NoReturn:
    """Run the tests given, or all of them on all cores."""
    install("dev.txt")
    see_to_programs()
    # One file stays on one worker. Grouping all browser tests instead (loadgroup) does nothing
    # with pytest 9.2 and xdist 3.8, and two browsers on two cores have proved steady.
    everything = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")
    become("-m", "pytest", *(arguments or everything))


def check(_arguments: list[str]) -> int:
    """Run every check, print one line for each and what the failed ones said."""
    install("dev.txt")
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, outcome in zip(CHECKS, pool.map(run_check, CHECKS.values()), strict=True):
            failed += outcome.returncode != 0
            print(f"{name:14}{'FAILED' if outcome.returncode else 'ok'}", flush=True)
            if outcome.returncode:
                print(outcome.stdout, flush=True)
    return 1 if failed else 0


def bench(arguments: list[str]) -> NoReturn:
    """Run the benchmarks."""
    install("dev.txt")
    become("-m", "bench", *arguments)


def texts(_arguments: list[str]) -> NoReturn:
    """Write new messages into the catalogues and drop those no longer used."""
    install("dev.txt")
    become("-m", "tests.structure.texts", "--update")


def lock(arguments: list[str]) -> int:
    """Resolve the dependencies anew; pins stay unless ``--upgrade`` is given."""
    uv = shutil.which("uv") or sys.exit("uv is needed: pip install uv")
    resolve = (uv, "pip", "compile", "-q", "--universal", "--generate-hashes", *arguments)
    for file, selection in LOCKS.items():
        call(*resolve, *selection, "--python-version", "3.11", "pyproject.toml", "-o", file)
    return 0


def install(lock_file: str) -> None:
    """Bring .venv up to a lock file, unless its stamp says that it is."""
    locked = ROOT / "requirements" / lock_file
    wanted = hashlib.sha256(locked.read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / f".{lock_file}.stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing requirements/{lock_file} into .venv ...", flush=True)
    if not PYTHON.exists():
        # Debian without python3-venv has no ensurepip; the system's pip fills a bare .venv.
        bare = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
        call(sys.executable, "-m", "venv", *bare, str(VENV))
    call(*installer(), "-q", "--require-hashes", "-r", str(locked))
    stamp.write_text(wanted)


def installer() -> tuple[str, ...]:
    """What installs into .venv: uv, the venv's own pip, or the system's."""
    if uv := shutil.which("uv"):
        return (uv, "pip", "install", "--compile-bytecode", "--python", str(PYTHON))
    if answers(PYTHON, "-m", "pip", "--version"):
        return (str(PYTHON), "-m", "pip", "install")
    return (sys.executable, "-m", "pip", "--python", str(PYTHON), "install")


def find_browser() -> str | None:
    """The Chromium that the tests drive: $MINIAPP_BROWSER, else the first known one."""
    named = os.environ.get("MINIAPP_BROWSER")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def find_postgres() -> Path | None:
    """The folder of PostgreSQL's server programs, the newest; Debian keeps it off PATH."""
    initdb = shutil.which("initdb")
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda program: float(program.parts[-3]),
    )
    found = Path(initdb) if initdb else next(reversed(versions), None)
    return found.parent if found else None


def see_to_programs() -> None:
    """Install the programs that tests need and pip cannot bring, or say how and stop."""
    packages = [] if find_browser() else ["chromium"]
    # Playwright's driver needs a library that a minimal Debian lacks and Chromium does not bring.
    packages += [] if answers(PYTHON, "-m", "playwright", "--version") else ["libatomic1"]
    packages += [] if find_postgres() else ["postgresql"]
    packages += [] if shutil.which("redis-server") else ["redis-server"]
    if not packages:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(
            f"The tests need Chromium, PostgreSQL and Redis. On Debian, as root:\n  {INSTALL_LINE}"
        )
    print(f"Installing {' '.join(packages)} ...", flush=True)
    call("apt-get", "update", quiet=True)
    call(*APT_INSTALL, *packages, quiet=True)


def run_check(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run one tool of .venv and keep what it says."""
    return subprocess.run(
        [str(VENV / "bin" / command[0]), *command[1:]],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def become(*arguments: str) -> NoReturn:
    """Turn this process into the venv's Python, in the checkout."""
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), *arguments], environment())


def call(*command: str, quiet: bool = False) -> None:
    """Run a command; when it fails, show what a quiet one said and stop with its status."""
    output = subprocess.PIPE if quiet else None
    error = subprocess.STDOUT if quiet else None
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), stdout=output, stderr=error, text=True, check=False
    )
    if done.returncode:
        print(done.stdout or "", f"This failed: {' '.join(command)}", sep="\n", file=sys.stderr)
        sys.exit(done.returncode)


def answers(*command: str | Path) -> bool:
    """Whether a command runs and succeeds."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def environment() -> dict[str, str]:
    """The environment of every command: imports from the checkout, compiled once."""
    kept = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(ROOT), "DEBIAN_FRONTEND": "noninteractive"}


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    command.__name__: command for command in (demo, test, check, bench, texts, lock)
}


def main() -> int:
    """Run the command named first; 2 when there is none of that name."""
    command = COMMANDS.get(sys.argv[1]) if sys.argv[1:] else None
    if command is None:
        print(__doc__, file=sys.stderr)
        return 2
    return command(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
