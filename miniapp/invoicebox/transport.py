"""One request to the provider and one answer, or an error that says what may have happened.

Reads are repeated for a short while, writes never: whether a write was carried out is found out
by looking, not by saying it again (Invoicebox API reference, section 2.3). Redirects are not
followed. Connecting, each silence, the time of a body and its size are bounded.

Logged are method, path, status, request id and duration; never a body, a query or the token.
"""

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

import requests
import structlog
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError
from urllib3.exceptions import TimeoutError as WireTimeout

from miniapp.invoicebox.connection import check_address, open_session
from miniapp.invoicebox.errors import OutcomeUnknown, ProviderError, Unavailable

ATTEMPTS = 3
READ_BUDGET = 12.0  # seconds for a read with all its repetitions
WORTH_REPEATING = {408, 425, 429, 503}
LARGEST_ANSWER = 4 * 1024 * 1024  # bytes, unpacked

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status. ``retry_after`` in seconds."""

    status: int
    body: bytes = field(repr=False)
    request_id: str | None
    retry_after: int | None


class Transport:
    """Carries requests to one shop's API. The addresses begin with the path after the version.

    ``sleep`` and ``clock`` (seconds, monotonic) are handed in so that waiting can be told
    without being done.
    """

    def __init__(
        self,
        *,
        base_url: str,
        token: str,
        user_agent: str,
        connect_timeout: float,
        read_timeout: float,
        write_timeout: float,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
    ) -> None:
        check_address(base_url)
        self._base_url = base_url
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._write_timeout = write_timeout
        self._sleep = sleep
        self._clock = clock
        self._session = open_session(token, user_agent)

    def read(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """GET, repeated while that can help: three attempts within twelve seconds."""
        until = self._clock() + READ_BUDGET
        attempt = 1
        while True:
            outcome = self._attempt(path, query or {}, until)
            pause = _pause(outcome, attempt)
            if pause is None or self._clock() + pause >= until:
                break
            self._sleep(pause)
            attempt += 1
        if isinstance(outcome, ProviderError):
            raise outcome
        return outcome

    def write(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Answer:
        """POST, PUT or DELETE, exactly once."""
        content = None if body is None else _json_bytes(body)
        return self._send(method, path, body=content, patience=self._write_timeout)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    def _attempt(
        self, path: str, query: Mapping[str, str], until: float
    ) -> Answer | Unavailable | OutcomeUnknown:
        patience = min(self._read_timeout, until - self._clock())
        try:
            return self._send("GET", path, query=query, patience=patience)
        except (Unavailable, OutcomeUnknown) as failure:
            return failure

    def _send(
        self,
        method: str,
        path: str,
        *,
        patience: float,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        started = self._clock()
        told = log.bind(method=method, path=path)
        request_id = None
        try:
            with self._session.request(
                method,
                self._base_url + path,
                params=query,
                data=body,
                timeout=(min(self._connect_timeout, patience), patience),
                allow_redirects=False,
                stream=True,
            ) as response:
                request_id = _request_id(response)
                told = told.bind(status=response.status_code, request_id=request_id)
                content = self._content(response, started + patience)
        except (requests.RequestException, HTTPError, OSError) as failure:
            told.warning("provider_silent", duration=round(self._clock() - started, 3))
            raise _silence(failure, request_id) from failure
        told.info("provider_answered", duration=round(self._clock() - started, 3))
        return Answer(response.status_code, content, request_id, _retry_after(response))

    def _content(self, response: requests.Response, until: float) -> bytes:
        """The body, piece by piece as it comes, so that a trickle cannot hold the thread."""
        content = bytearray()
        while piece := response.raw.read1(65536, decode_content=True):
            content += piece
            if len(content) > LARGEST_ANSWER:
                raise OSError("the answer is too large")
            if self._clock() > until:
                raise TimeoutError("the answer comes too slowly")
        return bytes(content)


def _json_bytes(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()


def _request_id(response: requests.Response) -> str | None:
    given = response.headers.get("X-Request-Id", "")[:100]
    return given if given and given.isprintable() else None


def _retry_after(response: requests.Response) -> int | None:
    """Seconds to wait; a date is counted from the answer's own ``Date``, not from our clock."""
    given = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", given):
        return int(given)
    then, now = _http_date(given), _http_date(response.headers.get("Date", ""))
    if then is None or now is None:
        return None
    return max(0, int((then - now).total_seconds()))


def _http_date(given: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(given)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _silence(failure: Exception, request_id: str | None) -> Unavailable | OutcomeUnknown:
    """What a failure without a whole answer means: was the request sent or not?"""
    cause = failure.args[0] if failure.args else None
    if isinstance(cause, MaxRetryError) and isinstance(cause.reason, ConnectTimeoutError):
        return Unavailable("no connection to the provider")
    if isinstance(failure, (requests.Timeout, WireTimeout, TimeoutError)):
        return OutcomeUnknown("the provider did not answer in time", request_id=request_id)
    return OutcomeUnknown("the answer did not arrive whole", request_id=request_id)


def _pause(outcome: Answer | Unavailable | OutcomeUnknown, attempt: int) -> float | None:
    """Seconds before a read is repeated, None when it is not to be repeated."""
    retry_after = None
    if isinstance(outcome, Answer):
        if outcome.status not in WORTH_REPEATING:
            return None
        retry_after = outcome.retry_after
    if attempt >= ATTEMPTS:
        return None
    if retry_after is not None:
        return float(retry_after)
    return float(2 ** (attempt - 1)) + random.uniform(0, 0.25)  # noqa: S311 - spreads load only
