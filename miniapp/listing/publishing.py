"""Bring the points of sale in the marketplace up to date with the catalogue.

The marketplace lists no points of sale, so what it shows cannot be compared: each run tells it
everything, which changes nothing where it was told the same before. A point of sale is opened
once; its number is kept before anything else is said of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from miniapp.catalogue import shops
from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.errors import BadToken, OutcomeUnknown, Refused
from miniapp.listing.shop_window import Entry


@dataclass(frozen=True)
class Published:
    """What came of one lounge; ``fault`` is a sentence for the operator, None when all is well."""

    entry: Entry
    is_new: bool
    fault: str | None = None


def publish(entries: Iterable[Entry], *, merchant: Merchant) -> Iterator[Published]:
    """Open or change each point of sale, one after another, and tell what came of it.

    Raises Unavailable or BadToken when it makes no sense to go on.
    """
    for entry in entries:
        try:
            yield _changed(entry, merchant) if entry.shop_id else _opened(entry, merchant)
        except BadToken:
            raise
        except Refused as refusal:
            yield Published(entry, is_new=not entry.shop_id, fault=f"The marketplace {refusal}.")


def _opened(entry: Entry, merchant: Merchant) -> Published:
    try:
        shop_id = merchant.create_shop(entry.new).id
    except OutcomeUnknown:
        return Published(entry, is_new=True, fault=_DOUBTFUL)
    if not shops.keep_shop(slug=entry.slug, shop_id=shop_id):
        return Published(entry, is_new=True, fault=_LEFT_OVER % shop_id)
    return replace(_changed(replace(entry, shop_id=shop_id), merchant), is_new=True)


def _changed(entry: Entry, merchant: Merchant) -> Published:
    try:
        merchant.update_shop(entry.shop_id or 0, entry.details)
    except OutcomeUnknown:
        return Published(entry, is_new=False, fault="No clear answer came; publish once more.")
    return Published(entry, is_new=False)


_DOUBTFUL = (
    "No clear answer came: look in the marketplace, and if it is there, "
    "write its number into the catalogue as shop_id."
)
_LEFT_OVER = (
    "Point of sale %s was opened for it and is left over: "
    "the lounge was given another meanwhile, or another lounge has this number."
)
