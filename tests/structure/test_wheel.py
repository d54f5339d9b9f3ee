"""An installed wheel is whole: it needs nothing of the checkout."""

import os
import subprocess
import sys
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
