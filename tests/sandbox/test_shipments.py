"""Shipments: what was rendered, in parts, and the charge of a hold."""

import json
from collections.abc import Iterator

import pytest

from tests.sandbox.conftest import Shop, Webhook, line, listening, refused

TWO = {"basketItems": [line(), line(sku="LNG-2")], "amount": 9000, "vatAmount": 1622.96}
FIRST, SECOND = line(), line(sku="LNG-2")


@pytest.fixture
def own_webhook() -> Iterator[Webhook]:
    with listening() as found:
        yield found


def test_shipment_answers_with_what_was_rendered(shop: Shop) -> None:
    order = shop.secured(**TWO)
    response = shop.ship(order["id"], FIRST, documentNumber="A-17", documentDate="2026-03-14")
    shipment = response.json()["data"]
    assert isinstance(shipment["id"], int)
    expected = {
        "orderId": order["id"],
        "merchantId": order["merchantId"],
        "documentNumber": "A-17",
        "documentDate": "2026-03-14",
        "status": "completed",
        "final": False,
        "amount": 4500,
        "vatAmount": 811.48,
    }
    assert {name: shipment[name] for name in expected} == expected
    assert [item["sku"] for item in shipment["basketItems"]] == ["LNG-1"]
    for path in ("/filter/api/order/shipment", "/billing/api/order/shipment"):
        assert shop.listed(f"orderId={order['id']}", path)["data"] == [shipment]


def test_order_is_shipped_in_parts_up_to_its_sum(shop: Shop) -> None:
    order_id = shop.secured(**TWO)["id"]
    assert shop.ship(order_id, FIRST).status_code == 200
    assert refused(shop.ship(order_id, FIRST)) == (422, "wrong_basket_item_total_amount")
    assert refused(shop.ship(order_id, FIRST, SECOND)) == (422, "wrong_basket_item_total_amount")
    assert shop.ship(order_id, SECOND).status_code == 200
    listed = shop.listed(f"orderId={order_id}", "/billing/api/order/shipment")["data"]
    assert sum(row["amount"] for row in listed) == 9000


def test_line_is_shipped_in_parts_too(shop: Shop) -> None:
    three = line(quantity=3, totalAmount=13500, totalVatAmount=2434.44)
    order_id = shop.secured(basketItems=[three], amount=13500, vatAmount=2434.44)["id"]
    assert [shop.ship(order_id).status_code for _ in range(4)] == [200, 200, 200, 422]


def test_final_shipment_closes_the_order(shop: Shop) -> None:
    order_id = shop.secured(**TWO)["id"]
    assert shop.ship(order_id, FIRST, final=True).json()["data"]["final"] is True
    assert refused(shop.ship(order_id, SECOND)) == (422, "wrong_order_status")


def test_wrong_sums_are_not_shipped(shop: Shop) -> None:
    order_id = shop.secured("hold")["id"]
    wrong = shop.ship(order_id, line(totalVatAmount=811.49))
    assert refused(wrong) == (422, "wrong_basket_item_total_vat_amount")
    assert shop.read(order_id)["status"] == "hold"


def test_shipment_charges_a_hold_and_tells_the_shop_once(shop: Shop, own_webhook: Webhook) -> None:
    order = shop.secured("hold", notificationUrl=own_webhook.url, **TWO)
    assert json.loads(own_webhook.next()[1])["status"] == "hold"
    shop.ship(order["id"], FIRST)
    told = json.loads(own_webhook.next()[1])
    assert (told["id"], told["status"]) == (order["id"], "completed")
    assert told["paidAt"]
    shop.ship(order["id"], SECOND)
    marker = shop.secured(notificationUrl=own_webhook.url)
    assert json.loads(own_webhook.next()[1])["id"] == marker["id"]


def available(shop: Shop, order_id: str) -> list[float]:
    path = f"/billing/api/order/order/{order_id}/refund-basket-item"
    return [row["availableAmount"] for row in shop.call("GET", path).json()["data"]]


def test_only_what_was_shipped_of_a_hold_is_charged(shop: Shop) -> None:
    order_id = shop.secured("hold", **TWO)["id"]
    assert available(shop, order_id) == [0, 0]
    shop.ship(order_id, SECOND, final=True)
    assert available(shop, order_id) == [0, 4500]
    assert refused(shop.refund(order_id)) == (422, "wrong_basket_item_total_amount")
    assert shop.refund(order_id, basketItems=[SECOND]).status_code == 200
