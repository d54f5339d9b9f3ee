"""An installed wheel is whole: it needs nothing of the checkout."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What is where in the checkout, and where it goes.
FOLDERS = {
    "miniapp": "miniapp",
    "templates": "miniapp/_bundled/templates",
    "static": "miniapp/_bundled/static",
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this checkout unpacked, as an installer does it."""
    built, target = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def files(folder: Path) -> set[str]:
    """The files of a folder that are sources: not compiled, not hidden."""
    return {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file()
        and not any(
            part.startswith((".", "__pycache__")) for part in file.relative_to(folder).parts
        )
    }


def test_the_wheel_carries_every_file_of_the_program(installed: Path):
    expected = {
        f"{place}/{file}" for folder, place in FOLDERS.items() for file in files(ROOT / folder)
    }

    carried = {file for file in files(installed) if file.startswith("miniapp/")}

    assert carried == expected


def test_an_installed_program_finds_its_own_pages(installed: Path, tmp_path: Path):
    look = "from miniapp.base import assets as a; print(a.templates_folder(), a.static_folder())"

    said = subprocess.run(
        [sys.executable, "-c", look],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()

    bundled = installed / "miniapp" / "_bundled"
    assert said == [str(bundled / "templates"), str(bundled / "static")]


SETTINGS = {
    "MINIAPP_SECRET_KEY": "a key of the test, longer than thirty-two",
    "MINIAPP_DATA_KEY": "another key of the test that is as long",
    "MINIAPP_VOUCHER_SIGNING_KEY": "a third key of the test that is as long",
    "MINIAPP_PUBLIC_URL": "http://127.0.0.1",
    "MINIAPP_INVOICEBOX_TOKEN": "token",
    "MINIAPP_INVOICEBOX_MERCHANT_ID": "0192c0de-0000-7000-8000-0000000000ff",
    "MINIAPP_INVOICEBOX_NOTIFICATION_KEY": "key",
    "MINIAPP_SMTP_URL": "smtp://127.0.0.1:25",
    "MINIAPP_MAIL_FROM": "voucher@lounge.example",
}


def test_an_installed_program_serves_the_entry_and_its_assets(installed: Path, tmp_path: Path):
    """Elsewhere, from nothing: migrate, take in the catalogue, serve, open as a browser does."""
    environment = os.environ | SETTINGS | {"PYTHONPATH": str(installed)}
    program = [sys.executable, "-m", "miniapp"]
    catalogue = installed / "miniapp" / "catalogue" / "data" / "demo.yaml"
    for command in (["db", "upgrade"], ["catalogue", "import", str(catalogue)]):
        subprocess.run(
            [*program, *command], cwd=tmp_path, env=environment, check=True, capture_output=True
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with subprocess.Popen(
        [*program, "serve", "--port", str(port), "--workers", "1"], cwd=tmp_path, env=environment
    ) as server:
        try:
            entry = opened(f"http://127.0.0.1:{port}/?id=frame-1")
            scripts = re.findall(r'<script defer src="([^"]+)"', entry)
            sizes = [len(opened(f"http://127.0.0.1:{port}{script}")) for script in scripts]
        finally:
            server.terminate()

    assert 'data-screen="skeleton"' in entry
    assert "SVO" in opened_places(entry)
    assert len(sizes) == 2
    assert min(sizes) > 1000


def opened(address: str) -> str:
    """The text at an address, waiting for a server that is still starting."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.URLError as fault:
            if not isinstance(fault.reason, ConnectionRefusedError):
                raise
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


def opened_places(page: str) -> list[str]:
    """The codes of the places that a page links to."""
    return re.findall(r'href="/places/([^"?]+)', page)
