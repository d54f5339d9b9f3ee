"""The merchant API: what it accepts, what it refuses and how it says so."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from miniapp.sandbox import SandboxSettings
from tests.sandbox.conftest import Shop, in_an_hour, line, order_body, serving

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


ORDER_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"description": None}, "description"),
    ({"description": "x" * 1001}, "description"),
    ({"merchantId": ""}, "merchantId"),
    ({"merchantId": "x" * 37}, "merchantId"),
    ({"merchantOrderId": 17}, "merchantOrderId"),
    ({"merchantOrderId": "x" * 257}, "merchantOrderId"),
    ({"amount": "4500"}, "amount"),
    ({"amount": 4500.001}, "amount"),
    ({"amount": True}, "amount"),
    ({"amount": -1}, "amount"),
    ({"amount": 10**40}, "amount"),
    ({"vatAmount": None}, "vatAmount"),
    ({"currencyId": None}, "currencyId"),
    ({"expirationDate": None}, "expirationDate"),
    ({"customer": None}, "customer"),
    ({"customer": {"type": "person"}}, "customer.type"),
    ({"customer": {"phone": "+79000000017"}}, "customer.phone"),
    ({"customer": {"email": "nobody"}}, "customer.email"),
    ({"customer": {"taxRegistrationReasonCode": "12345"}}, "customer.taxRegistrationReasonCode"),
    ({"successUrl": "javascript:alert(1)"}, "successUrl"),
    ({"notificationUrl": "http://x.example/" + "y" * 1000}, "notificationUrl"),
    ({"shopId": [1]}, "shopId"),
    ({"metaData": []}, "metaData"),
    ({"processable": "yes"}, "processable"),
    ({"orderSetting": {"roundPolicy": "up"}}, "orderSetting.roundPolicy"),
    ({"invoiceSetting": {"customerLockedFields": ["inn"]}}, "invoiceSetting.customerLockedFields"),
    ({"basketItems": []}, "basketItems"),
    ({"basketItems": ["x"]}, "basketItems[0]"),
]
LINE_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"sku": None}, "sku"),
    ({"name": "x" * 501}, "name"),
    ({"measure": "x" * 11}, "measure"),
    ({"measureCode": 796}, "measureCode"),
    ({"quantity": 0}, "quantity"),
    ({"quantity": "1"}, "quantity"),
    ({"amountWoVat": None}, "amountWoVat"),
    ({"vatCode": "RUS_VAT18"}, "vatCode"),
    ({"type": "visit"}, "type"),
    ({"paymentType": "cash"}, "paymentType"),
    ({"serviceDate": "14.03.2026"}, "serviceDate"),
    ({"category": "x"}, "categoryType"),
]


@pytest.mark.parametrize(
    ("change", "field"),
    ORDER_FAULTS
    + [
        ({"basketItems": [line(**change)]}, f"basketItems[0].{field}")
        for change, field in LINE_FAULTS
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_faulty_field_is_refused_by_name(shop: Shop, change: dict[str, Any], field: str) -> None:
    response = shop.create(order_body(**change))
    assert response.status_code == 422
    error = response.json()["error"]
    assert error["code"] == "wrong_value"
    assert [fault["name"] for fault in error["fields"]] == [field]


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
    ],
)
def test_wrong_value_is_refused_with_its_code(
    shop: Shop, change: dict[str, Any], code: str
) -> None:
    response = shop.create(order_body(**change))
    assert (response.status_code, response.json()["error"]["code"]) == (422, code)


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
def test_orders_need_a_token(sandbox_url: str, token: str | None) -> None:
    stranger = Shop(sandbox_url, token)
    answers = [
        stranger.create(order_body()),
        stranger.cancel("x"),
        stranger.call("GET", f"{ORDERS}/x"),
        stranger.call("GET", "/filter/api/order/order"),
    ]
    assert [answer.json()["error"]["code"] for answer in answers] == ["unauthorized"] * 4


def test_set_token_is_the_only_one_accepted() -> None:
    with serving(SandboxSettings(token="secret", notification_url="")) as url:
        assert Shop(url, "secret").create(order_body()).status_code == 200
        assert Shop(url, "other").create(order_body()).status_code == 401


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
    response = shop.call("POST", ORDERS, json=order_body(), headers=headers)
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
    assert shop.call("POST", ORDERS, data=body).status_code == 400


def test_body_that_is_too_large_is_refused_unread(shop: Shop) -> None:
    response = shop.call("GET", f"{ORDERS}/none", data=b" " * 1_100_000)
    assert response.status_code == 404
    response = shop.call("POST", ORDERS, data=b" " * 1_100_000)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


def test_unpaid_order_is_cancelled_once(shop: Shop) -> None:
    order = shop.ordered()
    assert shop.cancel(order["id"]).json()["data"]["status"] == "canceled"
    again = shop.cancel(order["id"])
    assert (again.status_code, again.json()["error"]["code"]) == (422, "wrong_order_status")


def test_unknown_order_and_path_answer_in_the_envelope(shop: Shop) -> None:
    for path in (f"{ORDERS}/none", "/nowhere"):
        response = shop.call("GET", path)
        assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_carrier_order_belongs_to_another_account(shop: Shop, container: str) -> None:
    assert shop.listed(f"orderContainerId={container}")["data"] == []
    page = requests.get(f"{shop.url}/order/{container}", timeout=10).text
    order_id = page.split('data-order="')[1].split('"')[0]
    assert shop.cancel(order_id).status_code == 403


def test_order_joins_an_open_container_only(shop: Shop, container: str) -> None:
    assert shop.ordered(orderContainerId=container)["orderContainerId"] == container
    shop.pay(container)
    late = shop.create(order_body(orderContainerId=container))
    assert (late.status_code, late.json()["error"]["code"]) == (422, "wrong_order_status")


def test_container_of_cancelled_orders_is_closed(shop: Shop) -> None:
    order = shop.ordered()
    shop.cancel(order["id"])
    late = shop.create(order_body(orderContainerId=order["orderContainerId"]))
    assert late.json()["error"]["code"] == "wrong_order_status"


@pytest.mark.parametrize("key", ["{}", "{}[_eq]", "{}[]", "{}[0]"])
def test_filters_are_understood_in_every_spelling(shop: Shop, key: str) -> None:
    order, other = shop.ordered(), shop.ordered()
    for name in ("id", "merchantOrderId", "orderContainerId"):
        found = shop.listed(f"{key.format(name)}={order[name]}")
        assert [row["id"] for row in found["data"]] == [order["id"]]
    both = shop.listed(f"{key.format('id')}={order['id']}&{key.format('id')}={other['id']}")
    assert both["metaData"] == {"totalCount": 2, "pageSize": 30, "page": 1}


@pytest.mark.parametrize("names", [("page", "pageSize"), ("_page", "_pageSize")])
def test_list_comes_in_pages_and_in_the_order_asked_for(shop: Shop, names: tuple[str, str]) -> None:
    merchant = f"m-{datetime.now(UTC).timestamp()}"
    numbers = [shop.ordered(merchantId=merchant)["merchantOrderId"] for _ in range(3)]
    page, size = names
    query = f"merchantId={merchant}&{page}=2&{size}=2&_order[merchantOrderId]=desc"
    found = shop.listed(query)
    assert [row["merchantOrderId"] for row in found["data"]] == sorted(numbers)[:1]
    assert found["metaData"] == {"totalCount": 3, "pageSize": 2, "page": 2}


def test_moments_and_statuses_are_compared(shop: Shop) -> None:
    order = shop.ordered()
    wanted = f"id={order['id']}&createdAt[_ge]=2026-01-01T00:00:00&expirationDate[_gt]="
    assert shop.listed(wanted + "2026-01-01T00:00:00%2B03:00")["metaData"]["totalCount"] == 1
    assert shop.listed(wanted + "2199-01-01T00:00:00Z")["metaData"]["totalCount"] == 0
    assert shop.listed(f"id={order['id']}&status[_ne]=created")["data"] == []


@pytest.mark.parametrize(
    "query", ["_order=createdAt:desc", "page=0", "pageSize=x", "nothing=1", "createdAt=soon"]
)
def test_query_that_is_not_understood_is_refused(shop: Shop, query: str) -> None:
    assert shop.call("GET", f"/filter/api/order/order?{query}").status_code == 422


def test_log_shows_the_talk_without_the_token(sandbox_url: str) -> None:
    shop = Shop(sandbox_url, "very-secret-token")
    order = shop.ordered(expirationDate=in_an_hour())
    entry = shop.log("api")[0]
    assert (entry["orderId"], entry["answer"]["status"]) == (order["id"], 200)
    assert entry["request"]["body"]["merchantOrderId"] == order["merchantOrderId"]
    assert "very-secret-token" not in requests.get(f"{sandbox_url}/log.json", timeout=10).text
