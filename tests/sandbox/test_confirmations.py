"""Paying by a guarantee away from the payment page (section 12)."""

from typing import Any

import pytest

from tests.sandbox.conftest import Shop, line

CUSTOMER = {"type": "legal", "vatNumber": "9900000017"}
CODE = "123456"


def act(shop: Shop, order: dict[str, Any], action: str, **body: object) -> dict[str, Any]:
    path = f"/billing/api/order/{order['id']}/payment-method-action/{action}"
    sent = {"paymentMethodId": 17, "languageId": "ru", "customer": CUSTOMER} | body
    response = shop.call("POST", path, json=sent)
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def pay(shop: Shop, order: dict[str, Any], public_code: str, code: str = CODE) -> dict[str, Any]:
    codes = {"publicCode": public_code, "code": code}
    return act(shop, order, "pay", customerPaymentData=codes)


def send_code(shop: Shop, order: dict[str, Any]) -> str:
    code: str = act(shop, order, "send-code")["resultData"]["publicCode"]
    return code


def big() -> dict[str, Any]:
    million = {"amount": 1_000_000, "amountWoVat": 1_000_000, "totalAmount": 1_000_000}
    lines = [line(**million, totalVatAmount=0, vatCode="VATNONE")]
    return {"basketItems": lines, "amount": 1_000_000, "vatAmount": 0}


@pytest.mark.parametrize(
    ("order", "customer", "result"),
    [
        ({}, CUSTOMER, "available"),
        ({}, {"vatNumber": "7707083893"}, "notRegistered"),
        ({}, {}, "notRegistered"),
        ({"customer": CUSTOMER}, None, "available"),
        (big(), CUSTOMER, "notEnoughMoney"),
    ],
)
def test_guarantee_is_given_to_known_organisations(
    shop: Shop, order: dict[str, Any], customer: dict[str, Any] | None, result: str
) -> None:
    found = act(shop, shop.ordered(**order), "validate", customer=customer)
    assert found == {"result": result}


def test_code_confirms_the_payment_once(shop: Shop) -> None:
    order = shop.ordered()
    sent = act(shop, order, "send-code")
    assert (sent["result"], sent["resultData"]["leftAttempt"]) == ("success", 3)
    assert act(shop, order, "send-code") == sent | {"result": "codeAlreadySent"}
    public_code = sent["resultData"]["publicCode"]
    assert pay(shop, order, public_code)["result"] == "success"
    assert shop.read(order["id"])["status"] == "completed"
    again = pay(shop, order, public_code)
    assert (again["result"], again["type"]) == ("alreadyPaid", "message")
    # It was a guarantee: before the shipment it can still be reversed.
    assert shop.cancel(order["id"]).json()["data"]["status"] == "canceled"


def test_wrong_code_may_be_tried_three_times(shop: Shop) -> None:
    order = shop.ordered()
    public_code = send_code(shop, order)
    results = [pay(shop, order, public_code, "000000")["result"] for _ in range(3)]
    assert results == ["wrongCode"] * 3
    assert pay(shop, order, public_code)["result"] == "limitReached"
    assert pay(shop, order, "another")["result"] == "error"
    assert shop.read(order["id"])["status"] == "created"
    assert pay(shop, order, send_code(shop, order))["result"] == "success"


@pytest.mark.parametrize(
    ("language", "title"), [("ru", "Заказ не оплачен"), ("en", "The order is not paid")]
)
def test_message_is_in_the_language_asked_for(shop: Shop, language: str, title: str) -> None:
    order = shop.ordered()
    codes = {"publicCode": send_code(shop, order), "code": "0"}
    answer = act(shop, order, "pay", customerPaymentData=codes, languageId=language)
    assert answer["resultData"]["message"]["title"] == title


def test_no_code_for_an_order_that_cannot_be_paid_so(shop: Shop) -> None:
    for order in (shop.ordered(**big()), shop.secured(), shop.ordered(processable=False)):
        assert act(shop, order, "send-code") == {"result": "error", "resultData": None}
