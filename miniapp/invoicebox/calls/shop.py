"""What every group of calls stands on: the shop's number, the way to it, and whole lists."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from miniapp.invoicebox.answers import listing_of, matching
from miniapp.invoicebox.errors import OutcomeUnknown
from miniapp.invoicebox.transport import Transport
from miniapp.invoicebox.wire.reading import Fields

PAGE_SIZE = 100
MOST_PAGES = 20

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class _Created(Protocol):
    @property
    def created_at(self) -> datetime | None: ...


_T = TypeVar("_T")
_C = TypeVar("_C", bound=_Created)


class Shop:
    """One shop at the provider and the transport to it; ``Merchant`` fills them in."""

    merchant_id: str
    _transport: Transport

    def _whole_list(
        self, path: str, parse: Callable[[Fields], _T], wanted: Mapping[str, str]
    ) -> list[_T]:
        """Every row that has these values, over all pages (section 4).

        A server may ignore the page we ask for (D4). Part of a list is no list: OutcomeUnknown
        when it was not given whole.
        """
        found: list[_T] = []
        seen: list[object] = []
        for page in range(1, MOST_PAGES + 1):
            asked = {**wanted, "_page": str(page), "_pageSize": str(PAGE_SIZE)}
            answer = self._transport.read(path, asked)
            listing = listing_of(answer)
            # A row moves on to the next page when one is added before it meanwhile.
            fresh = [row for row in listing.rows if row not in seen]
            found += matching(answer, fresh, parse, wanted)
            seen += fresh
            if listing.total is None or len(seen) >= listing.total:
                return found
            if not fresh:
                break
        raise OutcomeUnknown("the list was not given whole")


def newest(things: Iterable[_C]) -> _C | None:
    """The one that was created last; without a moment it is older than all others."""
    return max(things, key=lambda thing: thing.created_at or _LONG_AGO, default=None)
