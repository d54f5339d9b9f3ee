"""What the headers of an answer say: its request id, and how long to wait.

Invoicebox API reference, section 2.3. A moment is counted from the answer's own ``Date``, not
from our clock, which may differ.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_EPOCH_FROM = 10**9  # a reset above it is a moment, not a number of seconds


def request_id(headers: Mapping[str, str]) -> str | None:
    """The id the provider's support asks for."""
    given = headers.get("X-Request-Id", "")[:100]
    return given if given and given.isprintable() else None


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds to wait before the next request; None when the answer does not ask for that.

    ``Retry-After`` says it in seconds or by a date. Without it, a ``RateLimit-Remaining`` of
    nothing says it by ``RateLimit-Reset``, both with or without ``X-`` before them.
    """
    given = headers.get("Retry-After", "").strip()
    if given:
        return int(given) if _is_count(given) else _until(_http_date(given), headers)
    for prefix in ("", "X-"):
        remaining = headers.get(f"{prefix}RateLimit-Remaining", "").strip()
        reset = headers.get(f"{prefix}RateLimit-Reset", "").strip()
        if remaining == "0" and _is_count(reset):
            if int(reset) < _EPOCH_FROM:
                return int(reset)
            return _until(datetime.fromtimestamp(int(reset), UTC), headers)
    return None


def _is_count(given: str) -> bool:
    return re.fullmatch("[0-9]{1,10}", given) is not None


def _until(moment: datetime | None, headers: Mapping[str, str]) -> int | None:
    now = _http_date(headers.get("Date", ""))
    if moment is None or now is None:
        return None
    return max(0, int((moment - now).total_seconds()))


def _http_date(given: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(given)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
