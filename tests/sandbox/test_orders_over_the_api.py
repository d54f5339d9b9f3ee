"""Orders over the merchant API: created, changed, cancelled, moved, made by an agent."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import Shop, in_an_hour, line, order_body, refused

ORDERS = "/billing/api/order/order"


def test_order_comes_back_with_id_status_and_payment_page(shop: Shop) -> None:
    sent = order_body(shopId=4821, metaData={"a": [1.5]})
    body = shop.create(sent).json()
    assert body["extendedData"] == []
    data = body["data"]
    assert data["status"] == "created"
    assert data["paymentUrl"] == f"{shop.url}/order/{data['orderContainerId']}"
    assert data["orderContainerId"] != data["id"]
    assert (data["amount"], data["vatAmount"]) == (4500, 811.48)
    assert (data["shopId"], data["metaData"]) == (4821, {"a": [1.5]})
    assert data["processable"] is True
    assert shop.read(data["id"]) == data


def test_measure_comes_back_in_the_provider_spelling(shop: Shop) -> None:
    assert shop.ordered()["basketItems"][0]["measure"] == "шт"


def test_unknown_properties_are_ignored(shop: Shop) -> None:
    assert "surprise" not in shop.ordered(surprise=1)


def test_every_answer_names_its_request(shop: Shop) -> None:
    answers = [shop.call("GET", f"{ORDERS}/none"), shop.call("GET", "/security/api/auth/auth")]
    numbers = [answer.headers["X-Request-Id"] for answer in answers]
    assert len(set(numbers)) == 2


def basket(price: float, wo_vat: float, quantity: float, total: float, vat: float) -> object:
    changes = {"amount": price, "amountWoVat": wo_vat, "quantity": quantity}
    return [line(**changes, totalAmount=total, totalVatAmount=vat)]


@pytest.mark.parametrize(
    ("items", "amount", "vat"),
    [
        # Three visits: VAT from the total of the line, and per unit (D8).
        (basket(4500, 3688.52, 3, 13500, 2434.43), 13500, 2434.43),
        (basket(4500, 3688.52, 3, 13500, 2434.44), 13500, 2434.44),
        (basket(0.1, 0.08, 1, 0.1, 0.02), 0.1, 0.02),
        (basket(100, 81.97, 0.333, 33.3, 6.0), 33.3, 6),
    ],
)
def test_both_ways_of_counting_line_vat_are_taken(
    shop: Shop, items: object, amount: float, vat: float
) -> None:
    assert shop.ordered(basketItems=items, amount=amount, vatAmount=vat)["vatAmount"] == vat


@pytest.mark.parametrize(
    ("policy", "total", "status"),
    [("none", 34, 200), ("none", 33.29, 422), ("ceil", 34, 200), ("floor", 33, 200)],
)
def test_round_policy_decides_about_the_line_total(
    shop: Shop, policy: str, total: float, status: int
) -> None:
    item = line(
        amount=100,
        amountWoVat=100,
        quantity=0.333,
        totalAmount=total,
        totalVatAmount=0,
        vatCode="VATNONE",
    )
    response = shop.create(
        order_body(
            basketItems=[item], amount=total, vatAmount=0, orderSetting={"roundPolicy": policy}
        )
    )
    assert response.status_code == status, response.text


def test_number_is_taken_once_even_by_simultaneous_requests(shop: Shop) -> None:
    body = order_body()
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda: codes.append(shop.create(body).status_code))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] + [422] * 9
    assert shop.create(body).json()["error"]["code"] == "merchant_order_id_duplicate"
    assert shop.create(body | {"merchantId": "another"}).status_code == 200


def test_unpaid_order_is_cancelled_once(shop: Shop) -> None:
    order = shop.ordered()
    assert shop.cancel(order["id"]).json()["data"]["status"] == "canceled"
    again = shop.cancel(order["id"])
    assert (again.status_code, again.json()["error"]["code"]) == (422, "wrong_order_status")


def test_update_changes_what_was_given_and_keeps_the_rest(shop: Shop) -> None:
    order = shop.ordered(shopId=1, metaData={"a": 1})
    lines = [line(), line(sku="LNG-2")]
    changed = shop.update(
        order["id"], description="Двое", basketItems=lines, amount=9000, vatAmount=1622.96, shopId=2
    ).json()["data"]
    assert (changed["amount"], changed["vatAmount"], changed["shopId"]) == (9000, 1622.96, 2)
    assert [item["sku"] for item in changed["basketItems"]] == ["LNG-1", "LNG-2"]
    assert changed["description"] == "Двое"
    kept = ("id", "merchantOrderId", "orderContainerId", "metaData", "customer", "expirationDate")
    assert {name: changed[name] for name in kept} == {name: order[name] for name in kept}
    assert shop.read(order["id"]) == changed


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 9000}, "wrong_total_amount"),
        ({"vatAmount": 0}, "wrong_total_vat_amount"),
        ({"basketItems": [line(), line(sku="LNG-2")]}, "wrong_total_amount"),
        ({"basketItems": [line(totalAmount=1)]}, "wrong_basket_item_total_amount"),
        ({"expirationDate": "2020-01-01T00:00:00Z"}, "wrong_expiration_date"),
    ],
)
def test_update_that_does_not_add_up_changes_nothing(
    shop: Shop, changes: dict[str, Any], code: str
) -> None:
    order = shop.ordered()
    assert refused(shop.update(order["id"], **changes)) == (422, code)
    assert shop.read(order["id"]) == order


def test_deadline_that_was_moved_on_is_the_one_that_counts(shop: Shop) -> None:
    moment = datetime.now(UTC) + timedelta(milliseconds=200)
    later = shop.ordered(expirationDate=moment.isoformat())
    sooner = shop.ordered()
    shop.update(later["id"], expirationDate=in_an_hour())
    shop.update(sooner["id"], expirationDate=moment.isoformat())
    while shop.read(sooner["id"])["status"] == "created":
        assert datetime.now(UTC) < moment + timedelta(seconds=5)
    assert shop.read(later["id"])["status"] == "created"


def test_update_keeps_the_round_policy_of_the_order(shop: Shop) -> None:
    item = line(amountWoVat=4500, quantity=0.3333, totalVatAmount=0, vatCode="VATNONE")
    rounded = {"basketItems": [item | {"totalAmount": 1499}], "amount": 1499, "vatAmount": 0}
    order = shop.ordered(orderSetting={"roundPolicy": "floor"}, **rounded)
    assert shop.update(order["id"], **rounded).status_code == 200


def test_moved_order_takes_its_number_along(shop: Shop) -> None:
    order, rival = shop.ordered(), shop.ordered()
    path = "/billing/api/order/order-merchant-move"
    moved = shop.call("PUT", path, json={"orderId": order["id"], "merchantId": "other"})
    assert moved.json()["data"]["merchantId"] == "other"
    number = order["merchantOrderId"]
    there = shop.create(order_body(merchantId="other", merchantOrderId=number))
    assert refused(there) == (422, "merchant_order_id_duplicate")
    here = shop.ordered(merchantOrderId=number)
    back = {"orderId": order["id"], "merchantId": rival["merchantId"]}
    assert refused(shop.call("PUT", path, json=back)) == (422, "merchant_order_id_duplicate")
    assert shop.read(here["id"])["status"] == "created"


def test_agent_orders_for_a_seller_of_the_register(shop: Shop) -> None:
    seller = {"type": "counterparty", "countryId": "RUS", "vatNumber": "990000001246"}
    path = "/adapter/api/subagent/order"
    bodies = [order_body(seller=seller, merchantId=None) for _ in range(2)]
    orders = [shop.call("POST", path, json=body).json()["data"] for body in bodies]
    assert orders[0]["seller"] == seller
    assert orders[0]["merchantId"] == orders[1]["merchantId"] != order_body()["merchantId"]


def test_log_shows_the_talk_without_the_token(sandbox_url: str) -> None:
    shop = Shop(sandbox_url, "very-secret-token")
    order = shop.ordered(expirationDate=in_an_hour())
    entry = shop.log("api")[0]
    assert (entry["orderId"], entry["answer"]["status"]) == (order["id"], 200)
    assert entry["request"]["body"]["merchantOrderId"] == order["merchantOrderId"]
    assert "very-secret-token" not in requests.get(f"{sandbox_url}/log.json", timeout=10).text


def test_log_knows_the_order_of_a_shipment_and_of_a_refund(shop: Shop) -> None:
    order_id = shop.secured()["id"]
    shop.ship(order_id)
    shop.refund(order_id)
    assert [entry["orderId"] for entry in shop.log("api")[:2]] == [order_id] * 2
