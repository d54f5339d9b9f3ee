"""One request to the provider and one answer, or an error that says what may have happened.

Reads are repeated for a short while, writes never: whether a write was carried out is found out
by looking, not by saying it again (Invoicebox API reference, section 2.3). Redirects are not
followed. Connecting, each silence, the time of a body and its size are bounded. A request waits
for its turn (``throttle``) and is not sent to a provider who answers nobody (``breaker``).

Logged are method, path, status, request id and duration; never a body, a query or the token.
"""

import json
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import requests
import structlog
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError
from urllib3.exceptions import TimeoutError as WireTimeout

from miniapp.invoicebox import headers
from miniapp.invoicebox.breaker import Breaker
from miniapp.invoicebox.connection import check_address, open_session
from miniapp.invoicebox.errors import NotSent, OutcomeUnknown, ProviderError, Unavailable
from miniapp.invoicebox.throttle import Throttle

ATTEMPTS = 3
READ_BUDGET = 12.0  # seconds for a read with all its repetitions
WORTH_REPEATING = {408, 425, 429, 503}
LARGEST_ANSWER = 4 * 1024 * 1024  # bytes, unpacked
PROBE = "/security/api/auth/auth"  # the cheapest read there is (section 3)
PROBE_PATIENCE = 3.0  # seconds; somebody waits for the write behind it

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status. ``retry_after`` in seconds, where it asks to wait."""

    status: int
    body: bytes = field(repr=False)
    request_id: str | None
    retry_after: int | None


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: bytes | None = None


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
        throttle: Throttle,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
    ) -> None:
        check_address(base_url)
        self._base_url = base_url
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._write_timeout = write_timeout
        self._throttle = throttle
        self._breaker = Breaker(clock=clock)
        self._sleep = sleep
        self._clock = clock
        self._session = open_session(token, user_agent)

    def read(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """GET, repeated while that can help: three attempts within twelve seconds.

        Who has more patience for a turn than that has as much for the whole.
        """
        request = _Request("GET", path, query)
        until = self._clock() + max(READ_BUDGET, self._throttle.patience)
        attempt = 1
        while True:
            outcome = self._attempt(request, until)
            pause = _pause(outcome, attempt)
            if pause is None or self._clock() + pause >= until:
                break
            self._sleep(pause)
            attempt += 1
        if isinstance(outcome, ProviderError):
            raise outcome
        return outcome

    def write(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Answer:
        """POST, PUT or DELETE, exactly once.

        The probe of a provider who was silent is a read: a write might end in doubt.
        """
        request = _Request(method, path, body=None if body is None else _json_bytes(body))
        if self._breaker.wants_probe:
            patience = min(self._read_timeout, PROBE_PATIENCE)
            self._attempt(_Request("GET", PROBE), self._clock() + patience)
        return self._send(request, self._write_timeout, until=math.inf)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    def _attempt(self, request: _Request, until: float) -> Answer | Unavailable | OutcomeUnknown:
        try:
            return self._send(request, self._read_timeout, until=until)
        except (Unavailable, OutcomeUnknown) as failure:
            return failure

    def _send(self, request: _Request, patience: float, *, until: float) -> Answer:
        """The answer to one request, in its turn and before the moment ``until`` of the clock."""
        self._breaker.check()
        with self._throttle.turn(write=request.method != "GET", until=until):
            patience = max(0.001, min(patience, until - self._clock()))
            self._breaker.enter()
            alive = False
            try:
                answer = self._exchange(request, patience)
                alive = answer.status < 500
            finally:
                self._breaker.leave(alive=alive)
            self._throttle.heed(refused=answer.status == 429, retry_after=answer.retry_after)
        return answer

    def _exchange(self, request: _Request, patience: float) -> Answer:
        started = self._clock()
        told = log.bind(method=request.method, path=request.path)
        request_id = None
        try:
            with self._session.request(
                request.method,
                self._base_url + request.path,
                params=request.query,
                data=request.body,
                timeout=(min(self._connect_timeout, patience), patience),
                allow_redirects=False,
                stream=True,
            ) as response:
                request_id = headers.request_id(response.headers)
                told = told.bind(status=response.status_code, request_id=request_id)
                content = self._content(response, started + patience)
        except (requests.RequestException, HTTPError, OSError) as failure:
            told.warning("provider_silent", duration=round(self._clock() - started, 3))
            raise _silence(failure, request_id) from failure
        told.info("provider_answered", duration=round(self._clock() - started, 3))
        retry_after = headers.retry_after(response.headers)
        return Answer(response.status_code, content, request_id, retry_after)

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
    if isinstance(outcome, NotSent) or attempt >= ATTEMPTS:
        return None
    if isinstance(outcome, Answer):
        if outcome.status not in WORTH_REPEATING:
            return None
        if outcome.retry_after is not None:
            return float(outcome.retry_after)
    return float(2 ** (attempt - 1)) + random.uniform(0, 0.25)  # noqa: S311 - spreads load only
