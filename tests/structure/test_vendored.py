"""Files of other projects are the ones that ``static/vendor/README.md`` says."""

import base64
import hashlib
import re

from miniapp.base import assets

VENDOR = assets.static_folder() / "vendor"


def listed() -> dict[str, dict[str, str]]:
    """The rows of the table by file name; each row by the heading of the column."""
    lines = (VENDOR / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    head, _rule, *body = rows
    return {row[0]: dict(zip(head, row, strict=True)) for row in body}


def test_every_vendored_file_is_listed():
    here = {file.name for file in VENDOR.iterdir() if not re.search(r"LICENSE|README", file.name)}

    assert here == set(listed())


def test_every_vendored_file_is_unchanged():
    digests = {
        name: base64.b64encode(hashlib.sha384((VENDOR / name).read_bytes()).digest()).decode()
        for name in listed()
    }

    assert digests == {name: row["SHA-384"] for name, row in listed().items()}


def test_every_vendored_file_carries_its_version_and_its_licence():
    for name, row in listed().items():
        assert row["Version"] in name
        assert row["Source"]
        assert (VENDOR / row["Licence"].split(", ")[1]).is_file()
