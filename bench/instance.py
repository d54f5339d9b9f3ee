"""The mini-app that is measured: a fresh database in a temporary folder, the demo's settings."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import catalogues
from bench.processes import ROOT, clean_environment
from miniapp.catalogue.loading import DEMO_FILE
from miniapp.config import Settings, load
from miniapp.demo import Ports, Secrets, settings_of

NOTIFICATION_KEY = "key-of-the-benchmarks"
# Ten times the demo's lounges, spread over places of their own, and as many places as a
# country has.
TIMES = 10
PLACES = 10_000
_UNUSED_PORT = 9


@dataclass(frozen=True)
class Instance:
    """The settings of one mini-app, as environment variables."""

    environment: Mapping[str, str]
    port: int

    def settings(self) -> Settings:
        """The same, read."""
        values = {name.removeprefix("MINIAPP_").lower(): v for name, v in self.environment.items()}
        return load(**values)


def make(folder: Path, port: int) -> Instance:
    """A mini-app with the demo's catalogue; nothing is running yet."""
    folder.mkdir(parents=True)
    ports = Ports(app=port, sandbox=_UNUSED_PORT, smtp=_UNUSED_PORT)
    secrets = Secrets("k" * 32, "token", NOTIFICATION_KEY, "d" * 32, "v" * 32)
    environment = settings_of(ports, secrets, folder, {}) | {"MINIAPP_LOG_FORMAT": "json"}
    instance = Instance(environment, port)
    _run(instance, "db", "upgrade")
    _run(instance, "catalogue", "import", str(DEMO_FILE))
    return instance


def grow(instance: Instance, folder: Path) -> None:
    """Take in ten times the lounges, none of them at a place of the demo, and 10,000 places."""
    _import(instance, folder / "places.csv", catalogues.stations_csv(PLACES))
    extra = (TIMES - 1) * catalogues.demo_lounges()
    at = [f"R-t{number}" for number in range(extra)]
    _import(instance, folder / "lounges.yaml", catalogues.more_lounges(at))


def crowd(instance: Instance, folder: Path, *, place: str, lounges: int) -> None:
    """Take in so many lounges at one place."""
    _import(instance, folder / "crowd.yaml", catalogues.more_lounges([place] * lounges))


def _import(instance: Instance, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    _run(instance, "catalogue", "import", str(file))


def _run(instance: Instance, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "miniapp", *arguments],
        cwd=ROOT,
        env=clean_environment() | dict(instance.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"miniapp {' '.join(arguments[:2])}: {done.stderr[-500:]}")
