"""Invented organisations and entrepreneurs, found by INN (section 11).

All of them stand in region 99, which is not issued to anybody; their numbers pass the checks,
and their names say that they are invented.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "counterparties.json"
INN = r"[0-9]{10}|[0-9]{12}"


@cache
def counterparties() -> tuple[dict[str, Any], ...]:
    """All of them, with the field names of the API."""
    return tuple(json.loads(FILE.read_text(encoding="utf-8")))


def find(vat_number: str) -> dict[str, Any] | None:
    """The counterparty with this INN, or None."""
    return next((row for row in counterparties() if row["vatNumber"] == vat_number), None)
