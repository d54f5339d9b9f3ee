"""What a lounge's point of sale says in the marketplace (Invoicebox API reference, section 14).

The texts are Russian, as the marketplace is, and end at a word where they would be too long.
"""

from dataclasses import dataclass

from miniapp.base import i18n
from miniapp.catalogue import queries
from miniapp.catalogue.models import Lounge
from miniapp.catalogue.whereabouts import whereabouts
from miniapp.invoicebox.wire import NewShop, ShopDetails

_TITLE, _DESCRIPTION, _ADDRESS, _LINK = 50, 2000, 200, 64


class LinkTooLong(ValueError):
    """The marketplace has no room for the link of a lounge; the sentence says what to do."""


@dataclass(frozen=True)
class Entry:
    """The point of sale of one lounge; ``shop_id`` is None while the marketplace has none."""

    slug: str
    shop_id: int | None
    new: NewShop
    details: ShopDetails


def entries(*, public_url: str) -> list[Entry]:
    """The points of sale of all public lounges; raises LinkTooLong."""
    lounges = [one for one in queries.current().lounges.values() if one.is_public]
    with i18n.speaking(i18n.product()["ru"]):
        return [_entry(lounge, public_url) for lounge in lounges]


def shortened(text: str, limit: int) -> str:
    """The text, or as many whole words of it as leave room for an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    words, cut, _ = text[:limit].rpartition(" ")
    return f"{(words if cut else text[: limit - 1]).rstrip(' ,.;:—–-')}…"


def _entry(lounge: Lounge, public_url: str) -> Entry:
    about = shortened(str(lounge.about), _DESCRIPTION)
    return Entry(
        slug=lounge.slug,
        shop_id=lounge.shop_id,
        new=NewShop(title=_title(lounge), description=about),
        details=ShopDetails(
            description=about,
            shop_url=_link(lounge, public_url),
            registration_address=_address(lounge),
            latitude=lounge.place.lat,
            longitude=lounge.place.lon,
        ),
    )


def _title(lounge: Lounge) -> str:
    name, city = str(lounge.name), str(lounge.place.city)
    return shortened(name if city in name else f"{name} — {city}", _TITLE)


def _address(lounge: Lounge) -> str:
    place = lounge.place
    parts = [str(place.city), str(place.name), whereabouts(lounge), str(lounge.floor or "")]
    return shortened(", ".join(dict.fromkeys(filter(None, parts))), _ADDRESS)


def _link(lounge: Lounge, public_url: str) -> str:
    link = f"{public_url}/l/{lounge.slug}"
    if len(link) > _LINK:
        raise LinkTooLong(
            f"{link} has {len(link)} characters, the marketplace takes {_LINK}: "
            "choose a shorter slug for the lounge."
        )
    return link
