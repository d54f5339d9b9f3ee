"""Refunds: what is left to give back, giving it, and withholding a fee."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from miniapp.sandbox import SandboxSettings
from tests.sandbox.conftest import Shop, line, order_body, refund_body, refused, serving

PATH = "/billing/api/order/refund-order"
THREE = line(quantity=3, totalAmount=13500, totalVatAmount=2434.43)


@pytest.fixture(scope="module")
def sandbox_url() -> Iterator[str]:
    """Money comes back within a moment here."""
    settings = SandboxSettings(notification_url="", limits=False, refund_seconds=0.3)
    with serving(settings) as url:
        yield url


def left(shop: Shop, order_id: str) -> list[dict[str, Any]]:
    path = f"/billing/api/order/order/{order_id}/refund-basket-item"
    rows: list[dict[str, Any]] = shop.call("GET", path).json()["data"]
    return rows


def sums(shop: Shop, order_id: str) -> list[tuple[float, float]]:
    return [(row["availableAmount"], row["availableVatAmount"]) for row in left(shop, order_id)]


def status(shop: Shop, refund_id: str) -> str:
    found: str = shop.listed(f"id={refund_id}", "/filter/api/order/refund-order")["data"][0][
        "status"
    ]
    return found


def wait_until_completed(shop: Shop, refund_id: str) -> None:
    deadline = time.monotonic() + 5
    while status(shop, refund_id) != "completed":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_refund_answers_with_what_was_asked(shop: Shop) -> None:
    order = shop.secured()
    body = refund_body(order["id"])
    refund = shop.call("POST", PATH, json=body).json()["data"]
    expected = {name: body[name] for name in ("parentId", "merchantOrderId", "description")}
    expected |= {"amount": 4500, "vatAmount": 811.48, "currencyId": "RUB", "status": "created"}
    expected |= {"merchantId": order["merchantId"]}
    assert {name: refund[name] for name in expected} == expected
    assert refund["basketItems"] == order["basketItems"]
    assert refund["id"] != order["id"]
    assert shop.read(order["id"])["status"] == "completed"


def test_money_arrives_after_a_while(shop: Shop) -> None:
    refund = shop.refund(shop.secured()["id"]).json()["data"]
    assert refund["status"] == "created"
    wait_until_completed(shop, refund["id"])


def test_items_tell_the_money_that_is_left_of_them(shop: Shop) -> None:
    lines = [THREE, line(sku="LNG-2")]
    order = shop.secured(basketItems=lines, amount=18000, vatAmount=3245.91)
    assert sums(shop, order["id"]) == [(13500, 2434.43), (4500, 811.48)]
    assert left(shop, order["id"])[0]["vatCode"] == "RUS_VAT22"
    shop.refund(order["id"])
    assert sums(shop, order["id"]) == [(9000, 1622.95), (4500, 811.48)]


def test_nothing_is_left_before_the_payment_and_after_a_full_refund(shop: Shop) -> None:
    waiting = shop.ordered()
    assert sums(shop, waiting["id"]) == [(0, 0)]
    paid = shop.secured()
    shop.refund(paid["id"])
    assert sums(shop, paid["id"]) == [(0, 0)]


def test_line_is_not_refunded_beyond_what_is_left(shop: Shop) -> None:
    order_id = shop.secured()["id"]
    assert shop.refund(order_id).status_code == 200
    assert refused(shop.refund(order_id)) == (422, "wrong_basket_item_total_amount")
    assert shop.refund(order_id).json()["error"]["fields"][0]["name"] == (
        "basketItems[0].totalAmount"
    )


def test_lines_of_one_refund_share_what_is_left(shop: Shop) -> None:
    twice = {"basketItems": [line(), line()], "amount": 9000, "vatAmount": 1622.96}
    order_id = shop.secured()["id"]
    assert refused(shop.refund(order_id, **twice)) == (422, "wrong_basket_item_total_amount")


def test_rest_of_a_line_is_refunded_with_the_vat_that_is_left(shop: Shop) -> None:
    three = line(quantity=3, totalAmount=13500, totalVatAmount=2434.44)
    order_id = shop.secured(basketItems=[three], amount=13500, vatAmount=2434.44)["id"]
    shop.refund(order_id)
    # By either formula 9000 hold 1622.95; by subtraction 1622.96 are left.
    rest = line(amount=9000, amountWoVat=7377.04, totalAmount=9000, totalVatAmount=1622.96)
    response = shop.refund(order_id, basketItems=[rest], amount=9000, vatAmount=1622.96)
    assert response.status_code == 200, response.text
    assert sums(shop, order_id) == [(0, 0)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 4499}, "wrong_total_amount"),
        ({"vatAmount": 811}, "wrong_total_vat_amount"),
        ({"basketItems": [line(totalVatAmount=811)]}, "wrong_basket_item_total_vat_amount"),
        ({"basketItems": [line(amountWoVat=3688)]}, "wrong_basket_item_amount_wo_vat"),
        ({"basketItems": [line(totalAmount=4499)]}, "wrong_basket_item_total_amount"),
    ],
)
def test_refund_that_does_not_add_up_gives_nothing(
    shop: Shop, changes: dict[str, Any], code: str
) -> None:
    order_id = shop.secured()["id"]
    assert refused(shop.refund(order_id, **changes)) == (422, code)
    assert sums(shop, order_id) == [(4500, 811.48)]


def test_number_of_a_refund_is_taken_once_even_by_simultaneous_requests(shop: Shop) -> None:
    order = shop.secured(basketItems=[THREE], amount=13500, vatAmount=2434.43)
    body = refund_body(order["id"])
    codes: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: codes.append(shop.call("POST", PATH, json=body).status_code)
        )
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] + [422] * 9
    again = shop.call("POST", PATH, json=body)
    assert refused(again) == (422, "merchant_order_id_duplicate")
    assert sums(shop, order["id"]) == [(9000, 1622.95)]


def test_repeated_refund_hears_of_its_number_before_anything_else(shop: Shop) -> None:
    body = refund_body(shop.secured()["id"])
    shop.call("POST", PATH, json=body)
    assert refused(shop.call("POST", PATH, json=body)) == (422, "merchant_order_id_duplicate")
    other_shop = shop.secured(merchantId="another")
    assert shop.refund(other_shop["id"], merchantOrderId=body["merchantOrderId"]).status_code == 200


def fee(refund_id: str, **changes: object) -> dict[str, Any]:
    """A correction order of 900 roubles."""
    sums = {"amount": 900, "amountWoVat": 737.70, "totalAmount": 900, "totalVatAmount": 162.30}
    lines = [line(sku="FEE", name="Удержание при возврате", **sums)]
    header = {"parentId": refund_id, "basketItems": lines, "amount": 900, "vatAmount": 162.30}
    return order_body(**header) | changes


@pytest.mark.parametrize(
    "path", ["/billing/api/order/correction-order", "/billing/api/order/order"]
)
def test_fee_is_withheld_from_a_draft_refund(shop: Shop, path: str) -> None:
    order_id = shop.secured()["id"]
    draft = shop.refund(order_id, status="draft").json()["data"]
    assert draft["status"] == "draft"
    assert sums(shop, order_id) == [(0, 0)]
    time.sleep(0.4)
    assert status(shop, draft["id"]) == "draft"
    correction = shop.call("POST", path, json=fee(draft["id"])).json()["data"]
    assert (correction["status"], correction["amount"]) == ("completed", 900)
    assert correction["parentId"] == draft["id"]
    assert correction["paidAt"]
    assert status(shop, draft["id"]) == "created"
    wait_until_completed(shop, draft["id"])
    again = shop.call("POST", path, json=fee(draft["id"]))
    assert refused(again) == (422, "wrong_order_status")
    assert refused(shop.cancel(correction["id"])) == (422, "wrong_order_status")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"parentId": None}, "wrong_value"),
        ({"parentId": "unknown"}, "wrong_value"),
        ({"currencyId": "USD"}, "wrong_currency"),
        ({"amount": 901}, "wrong_total_amount"),
    ],
)
def test_wrong_fee_leaves_the_draft_alone(shop: Shop, changes: dict[str, Any], code: str) -> None:
    draft = shop.refund(shop.secured()["id"], status="draft").json()["data"]
    path = "/billing/api/order/correction-order"
    assert refused(shop.call("POST", path, json=fee(draft["id"], **changes))) == (422, code)
    assert status(shop, draft["id"]) == "draft"


def test_fee_is_no_more_than_the_refund(shop: Shop) -> None:
    draft = shop.refund(shop.secured()["id"], status="draft").json()["data"]
    lines = [line(sku="FEE", quantity=2, totalAmount=9000, totalVatAmount=1622.96)]
    much = fee(draft["id"], basketItems=lines, amount=9000, vatAmount=1622.96)
    response = shop.call("POST", "/billing/api/order/correction-order", json=much)
    assert refused(response) == (422, "wrong_total_amount")
    number = much["merchantOrderId"]
    assert shop.listed(f"merchantOrderId={number}")["data"] == []


def test_fee_with_a_number_that_is_taken_leaves_the_draft_alone(shop: Shop) -> None:
    order = shop.secured()
    draft = shop.refund(order["id"], status="draft").json()["data"]
    body = fee(draft["id"], merchantOrderId=order["merchantOrderId"])
    response = shop.call("POST", "/billing/api/order/correction-order", json=body)
    assert refused(response) == (422, "merchant_order_id_duplicate")
    assert status(shop, draft["id"]) == "draft"
