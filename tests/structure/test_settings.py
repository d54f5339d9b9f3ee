"""Every setting is described where an operator looks, and nothing else is."""

import re
from pathlib import Path

from miniapp.config import Settings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {f"MINIAPP_{name.upper()}" for name in Settings.model_fields}


def test_the_example_file_shows_every_setting_and_no_other():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert set(re.findall(r"^#? ?(MINIAPP_\w+)=", example, re.MULTILINE)) == SETTINGS


def test_the_readme_explains_every_setting():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert SETTINGS - set(re.findall(r"MINIAPP_\w+", readme)) == set()
