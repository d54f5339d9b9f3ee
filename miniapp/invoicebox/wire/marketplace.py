"""Points of sale and special offers in the marketplace (Invoicebox API reference, section 14)."""

from dataclasses import dataclass, field
from datetime import datetime

from miniapp.invoicebox.wire.checks import demand, demand_length, demand_number
from miniapp.invoicebox.wire.reading import (
    Fields,
    is_address,
    loose_text,
    number,
    optional_text,
    text,
)


@dataclass(frozen=True)
class NewShop:
    """A point of sale to be created: what can be said only then, the rest by ``ShopDetails``."""

    title: str
    description: str = ""

    def __post_init__(self) -> None:
        demand_length(self.title, 50, "title")
        demand(len(self.description) <= 2000, "description has 2000 characters at most")


@dataclass(frozen=True)
class ShopDetails:
    """What a point of sale shows; None stays as it is. Degrees of WGS 84."""

    description: str | None = None
    shop_url: str | None = None
    registration_address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    notification_email: str | None = field(default=None, repr=False)
    delivery_info: str | None = None

    def __post_init__(self) -> None:
        demand(details_body(self), "no change")
        demand(len(self.description or "") <= 2000, "description has 2000 characters at most")
        demand(self.shop_url is None or is_address(self.shop_url), "shop_url is http(s)")
        demand(len(self.shop_url or "") <= 64, "shop_url has 64 characters at most")
        demand(
            len(self.registration_address or "") <= 200, "the address has 200 characters at most"
        )
        demand(len(self.notification_email or "") <= 500, "the e-mail has 500 characters at most")
        demand(len(self.delivery_info or "") <= 1000, "delivery_info has 1000 characters at most")
        demand((self.latitude is None) == (self.longitude is None), "half a place is none")
        demand(-90 <= (self.latitude or 0) <= 90, "latitude is -90 to 90 degrees")
        demand(-180 <= (self.longitude or 0) <= 180, "longitude is -180 to 180 degrees")


@dataclass(frozen=True)
class SpecialOffer:
    """A special offer under a number of ours; the times are aware, ``starts_at`` comes first."""

    external_id: str
    name: str
    description: str
    active: bool
    starts_at: datetime
    finishes_at: datetime
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        demand_number(self.external_id, "external_id")
        demand(self.name.strip(), "name is empty")
        demand_length(self.description, 1000, "description")
        for moment in (self.starts_at, self.finishes_at):
            demand(moment.utcoffset() is not None, "the times of an offer need their offset")
        demand(self.starts_at < self.finishes_at, "an offer ends after it begins")
        demand(all(tag.strip() for tag in self.tags), "a tag is empty")


@dataclass(frozen=True)
class ProviderShop:
    """A point of sale as the marketplace has it. Its token is not read: nobody here needs it."""

    id: int
    title: str | None
    alias: str | None
    shop_url: str | None


@dataclass(frozen=True)
class ProviderOffer:
    """A special offer as the marketplace has it."""

    id: int
    external_id: str


def shop_body(new: NewShop, merchant_id: str) -> dict[str, object]:
    """The body of the request that creates a point of sale."""
    return {"title": new.title, "description": new.description, "merchantId": merchant_id}


def details_body(details: ShopDetails) -> dict[str, object]:
    """The body of the request that changes a point of sale."""
    given = {
        "description": details.description,
        "shopUrl": details.shop_url,
        "registrationAddress": details.registration_address,
        "lat": details.latitude,
        "lon": details.longitude,
        "notificationEmail": details.notification_email,
        "deliveryInfo": details.delivery_info,
    }
    return {name: value for name, value in given.items() if value is not None}


def offer_body(offer: SpecialOffer, merchant_id: str) -> dict[str, object]:
    """The body of the request that creates or replaces a special offer.

    The name stands only in the provider's sample, so it is sent (D19).
    """
    return {
        "merchantId": merchant_id,
        "externalId": offer.external_id,
        "name": offer.name,
        "description": offer.description,
        "active": offer.active,
        "startAt": offer.starts_at.isoformat(timespec="seconds"),
        "finishAt": offer.finishes_at.isoformat(timespec="seconds"),
        "tags": list(offer.tags),
    }


def parse_shop(fields: Fields) -> ProviderShop:
    """Read a point of sale of an answer; raises Unreadable without its id."""
    return ProviderShop(
        id=number(fields, "id"),
        title=loose_text(fields, "title", limit=200),
        alias=loose_text(fields, "alias", limit=100),
        shop_url=optional_text(fields, "shopUrl", limit=1000),
    )


def parse_offer(fields: Fields) -> ProviderOffer:
    """Read a special offer of an answer; raises Unreadable without its ids."""
    return ProviderOffer(id=number(fields, "id"), external_id=text(fields, "externalId", limit=36))
