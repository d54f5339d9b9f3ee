"""Every way in which the API says no: who asks, with which headers, and the codes of values."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from miniapp.sandbox import SandboxSettings
from tests.sandbox.conftest import Shop, line, order_body, refund_body, refused, serving

ORDER = "/billing/api/order/order"


@pytest.mark.parametrize(
    ("token", "status", "known"), [("wrong", 401, False), ("any", 200, True), (None, 200, False)]
)
def test_auth_check_knows_the_three_cases(
    sandbox_url: str, token: str | None, status: int, known: bool
) -> None:
    response = Shop(sandbox_url, token).call("GET", "/security/api/auth/auth")
    assert response.status_code == status
    if status == 200:
        assert bool(response.json()["data"]["userId"]) is known
    else:
        assert response.json()["error"]["code"] == "unauthorized"


@pytest.mark.parametrize("token", [None, "wrong"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ORDER),
        ("GET", f"{ORDER}/x"),
        ("PUT", f"{ORDER}/x"),
        ("DELETE", f"{ORDER}/x"),
        ("GET", f"{ORDER}/x/refund-basket-item"),
        ("GET", "/filter/api/order/order"),
        ("PUT", "/billing/api/order/x/status"),
        ("PUT", "/billing/api/order/order-merchant-move"),
        ("POST", "/adapter/api/subagent/order"),
        ("POST", "/billing/api/order/shipment"),
        ("GET", "/billing/api/order/shipment"),
        ("GET", "/filter/api/order/shipment"),
        ("POST", "/billing/api/order/refund-order"),
        ("GET", "/filter/api/order/refund-order"),
        ("POST", "/billing/api/order/correction-order"),
        ("POST", "/billing/api/order/x/payment-method-action/validate"),
        ("POST", "/billing/api/order/x/payment-method-action/send-code"),
        ("POST", "/billing/api/order/x/payment-method-action/pay"),
        ("GET", "/filter/api/counterparty-detail?vatNumber=9900000017"),
        ("POST", "/marketplace/api/shop"),
        ("POST", "/marketplace/api/shop/1"),
        ("POST", "/marketplace/api/special-offer"),
        ("POST", "/notification/api/invite"),
        ("POST", "/billing/api/merchant/merchant-integration-setting/activation"),
    ],
)
def test_everything_but_the_auth_check_needs_a_token(
    sandbox_url: str, token: str | None, method: str, path: str
) -> None:
    response = Shop(sandbox_url, token).call(method, path, json={})
    assert refused(response) == (401, "unauthorized")


def test_set_token_is_the_only_one_accepted() -> None:
    with serving(SandboxSettings(token="secret", notification_url="")) as url:
        assert Shop(url, "secret").create(order_body()).status_code == 200
        assert refused(Shop(url, "other").create(order_body())) == (401, "unauthorized")


def test_both_versions_serve_the_same_orders(sandbox_url: str) -> None:
    new, old = Shop(sandbox_url), Shop(sandbox_url, "17-API:secret", version="l3")
    order = old.ordered()
    assert new.read(order["id"]) == old.read(order["id"]) == order
    assert order["paymentUrl"].startswith(f"{sandbox_url}/order/")
    anonymous = Shop(sandbox_url, None, version="l3")
    assert anonymous.call("GET", "/security/api/auth/auth").json()["data"]["userId"] is None
    assert refused(anonymous.create(order_body())) == (401, "unauthorized")
    assert refused(old.call("GET", "/nowhere")) == (404, "not_found")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Accept": "text/html"}, 406),
        ({"User-Agent": ""}, 400),
        ({"Accept": "*/*"}, 200),
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
    ],
)
def test_headers_are_a_duty(shop: Shop, headers: dict[str, str], status: int) -> None:
    response = shop.call("POST", ORDER, json=order_body(), headers=headers)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"amount": NaN}',
        b"\xff",
        b"[" * 100_000,
        b'{"description": "\\ud800"}',
        b'{"amount": 1e999999}',
        b'{"amount": 1e99999999999999999999}',
    ],
    ids=str,
)
def test_body_that_is_no_json_is_refused(shop: Shop, body: bytes) -> None:
    assert shop.call("POST", ORDER, data=body).status_code == 400


@pytest.mark.parametrize("body", [[], "order", 1, None])
def test_body_that_is_no_object_is_refused(shop: Shop, body: object) -> None:
    response = shop.call("POST", ORDER, data=json.dumps(body))
    assert refused(response) == (422, "wrong_value")


def test_body_that_is_too_large_is_refused_unread(shop: Shop) -> None:
    response = shop.call("GET", f"{ORDER}/none", data=b" " * 1_100_000)
    assert response.status_code == 404
    assert refused(shop.call("POST", ORDER, data=b" " * 1_100_000)) == (413, "too_large")


def past() -> str:
    return (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="seconds")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expirationDate": past()}, "wrong_expiration_date"),
        ({"expirationDate": "tomorrow"}, "wrong_expiration_date"),
        ({"expirationDate": "2030-01-01T00:00:00"}, "wrong_expiration_date"),
        ({"expirationDate": "9999-12-31T23:59:59-12:00"}, "wrong_expiration_date"),
        ({"currencyId": "XYZ"}, "wrong_currency"),
        ({"languageId": "de"}, "language_not_found"),
        ({"basketItems": [line(totalAmount=4500.01)]}, "wrong_basket_item_total_amount"),
        ({"basketItems": [line(totalVatAmount=811.49)]}, "wrong_basket_item_total_vat_amount"),
        ({"basketItems": [line(amountWoVat=3688.53)]}, "wrong_basket_item_amount_wo_vat"),
        ({"amount": 4500.01}, "wrong_total_amount"),
        ({"vatAmount": 811.49}, "wrong_total_vat_amount"),
        ({"orderContainerId": "0192c0de-0000-7000-8000-00000000c0ff"}, "wrong_value"),
        ({"parentId": "0192c0de-0000-7000-8000-00000000c0ff"}, "wrong_value"),
    ],
)
def test_wrong_value_is_refused_with_its_code(
    shop: Shop, change: dict[str, Any], code: str
) -> None:
    assert refused(shop.create(order_body(**change))) == (422, code)


def test_unknown_objects_and_paths_answer_in_the_envelope(shop: Shop) -> None:
    answers = [
        shop.call("GET", "/nowhere"),
        shop.call("GET", f"{ORDER}/none"),
        shop.update("none", description="x"),
        shop.cancel("none"),
        shop.ship("none"),
        shop.refund("none"),
        shop.call("POST", "/marketplace/api/shop/1", json={}),
    ]
    assert [refused(answer) for answer in answers] == [(404, "not_found")] * len(answers)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/billing/api/order/order/{}", None),
        ("PUT", "/billing/api/order/order/{}", {"description": "x"}),
        ("DELETE", "/billing/api/order/order/{}", None),
        ("GET", "/billing/api/order/order/{}/refund-basket-item", None),
        ("PUT", "/billing/api/order/{}/status", {"status": "completed"}),
        ("PUT", "/billing/api/order/order-merchant-move", {"merchantId": "m", "orderId": "{}"}),
        ("POST", "/billing/api/order/shipment", {"orderId": "{}", "basketItems": [line()]}),
        ("POST", "/billing/api/order/refund-order", refund_body("{}")),
        ("POST", "/billing/api/order/{}/payment-method-action/validate", {}),
    ],
)
def test_order_of_another_account_is_forbidden(
    shop: Shop, container: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    page = requests.get(f"{shop.url}/order/{container}", timeout=10).text
    order_id = page.split('data-order="')[1].split('"')[0]
    sent = {key: order_id if value == "{}" else value for key, value in (body or {}).items()}
    response = shop.call(method, path.format(order_id), json=sent)
    assert refused(response) == (403, "forbidden")


def test_orders_of_another_account_are_not_listed(shop: Shop, container: str) -> None:
    assert shop.listed(f"orderContainerId={container}")["data"] == []
