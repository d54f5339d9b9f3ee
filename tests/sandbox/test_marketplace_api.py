"""Publishing: points of sale and special offers over the merchant API (section 14)."""

from typing import Any

import pytest

from tests.sandbox.conftest import Shop

SHOP = "/marketplace/api/shop"
OFFER = "/marketplace/api/special-offer"


def post(shop: Shop, path: str, **body: object) -> dict[str, Any]:
    response = shop.call("POST", path, json=body)
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def test_new_point_of_sale_gets_its_id_token_and_address(shop: Shop) -> None:
    sent = {
        "title": "Бизнес-зал «Бриз»",
        "description": "Тихо",
        "brandId": 7,
        "merchantId": "m",
        "accountProgramIds": ["a"],
        "externalUpdate": True,
    }
    opened = post(shop, SHOP, **sent, lat=1)
    assert {name: opened[name] for name in sent} == sent
    assert isinstance(opened["id"], int)
    assert opened["type"] == "shop"
    assert 0 < len(opened["token"]) <= 64
    assert 0 < len(opened["alias"]) <= 20
    assert opened["shopUrl"].startswith("http://")
    assert len(opened["shopUrl"]) <= 64
    assert "lat" not in opened
    assert post(shop, SHOP, title="Другой")["id"] != opened["id"]


def test_point_of_sale_is_changed_field_by_field(shop: Shop) -> None:
    opened = post(shop, SHOP, title="Бриз", description="Тихо")
    path = f"{SHOP}/{opened['id']}"
    place = {"type": "offline", "lat": 53.5049, "lon": 50.1643, "registrationAddress": "Самара"}
    url = "https://lounge.example/" + "y" * 41
    changed = post(shop, path, **place, shopUrl=url, minOrderSum=10.5, title="Штиль")
    assert changed == opened | place | {"shopUrl": url, "minOrderSum": 10.5}
    assert post(shop, path, description="Громко") == changed | {"description": "Громко"}


def test_offer_is_created_once_and_changed_after_that(shop: Shop) -> None:
    key = {"merchantId": "m", "externalId": "spring"}
    made = post(shop, OFFER, **key, name="Весна", startAt="2026-03-01T00:00:00+03:00", tags=["a"])
    assert isinstance(made["id"], int)
    assert made["startAt"] == "2026-02-28T21:00:00+00:00"
    changed = post(shop, OFFER, **key, active=False, description="До мая")
    assert changed == made | {"active": False, "description": "До мая"}
    assert post(shop, OFFER, **key | {"merchantId": "other"})["id"] != made["id"]


@pytest.mark.parametrize("shop_id", ["1", "none", "-1", "9" * 30])
def test_unknown_point_of_sale_is_not_found(shop: Shop, shop_id: str) -> None:
    response = shop.call("POST", f"{SHOP}/{shop_id}", json={"description": "x"})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
