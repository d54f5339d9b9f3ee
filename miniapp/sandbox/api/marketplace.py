"""Points of sale and special offers in the marketplace (section 14)."""

from typing import Any

from flask import Blueprint, Response

from miniapp.sandbox.api.envelope import one, read_body
from miniapp.sandbox.fields import Fields
from miniapp.sandbox.refusals import not_found, wrong_values
from miniapp.sandbox.room import room
from miniapp.sandbox.state import Offer, Shop

marketplace = Blueprint("marketplace", __name__)

SHOP_TYPES = ("shop", "marketplace", "external", "offline", "brand")
LONGEST_URL = 64


@marketplace.post("/marketplace/api/shop")
def create_shop() -> Response:
    """Open a point of sale; what is only for an update is ignored."""
    request = Fields(read_body(), faults=[])
    request.text("title", limit=50, required=True)
    _read_common(request)
    if request.faults:
        raise wrong_values(request.faults)
    return one(_shop_answer(room().state.market.open_shop(request.kept, address=_address)))


def _address(alias: str) -> str:
    """The page of a fresh shop, empty when it would be too long for the field."""
    url = f"{room().settings.public_url}/marketplace#{alias}"
    return url if len(url) <= LONGEST_URL else ""


@marketplace.post("/marketplace/api/shop/<int:shop_id>")
def update_shop(shop_id: int) -> Response:
    """Change a point of sale; what was not given stays."""
    request = Fields(read_body(), faults=[])
    _read_common(request)
    request.url("shopUrl", limit=LONGEST_URL)
    request.money("minOrderSum", required=False)
    request.text("notificationEmail", limit=500)
    request.identifier("yandexMetrikaId")
    request.identifier("jivositeId")
    request.text("deliveryInfo", limit=1000)
    request.one_of("type", SHOP_TYPES)
    request.text("registrationAddress", limit=200)
    request.measurement("lat", largest=90)
    request.measurement("lon", largest=180)
    if request.faults:
        raise wrong_values(request.faults)
    shop = room().state.market.change_shop(shop_id, request.kept)
    if shop is None:
        raise not_found("Shop")
    return one(_shop_answer(shop))


def _read_common(request: Fields) -> None:
    request.text("description", limit=2000)
    request.whole("brandId")
    request.text("merchantId", limit=36)
    request.names("accountProgramIds")
    request.flag("externalUpdate")


def _shop_answer(shop: Shop) -> dict[str, Any]:
    return {**shop.wire, "id": shop.id, "token": shop.token, "alias": shop.alias}


@marketplace.post("/marketplace/api/special-offer")
def put_offer() -> Response:
    """Create an offer, or change the one of this merchant with the same ``externalId``."""
    request = Fields(read_body(), faults=[])
    request.text("merchantId", limit=36, required=True)
    request.text("externalId", limit=36, required=True)
    request.text("name", limit=500)
    request.text("description", limit=1000)
    request.flag("active")
    starts, ends = request.moment("startAt"), request.moment("finishAt")
    request.names("tags")
    if starts and ends and ends <= starts:
        request.fault("finishAt", message="Not after startAt")
    if request.faults:
        raise wrong_values(request.faults)
    return one(_offer_answer(room().state.market.put_offer(request.kept)))


def _offer_answer(offer: Offer) -> dict[str, Any]:
    return {**offer.wire, "id": offer.id}
