"""Paying a container, and what the shops are told about it."""

import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
import requests

from miniapp.sandbox import SandboxSettings
from miniapp.sandbox.notification import judge, sign
from tests.sandbox.conftest import Shop, Webhook, open_airline, order_body, serving


def test_paying_completes_every_order_and_tells_each_shop_once(
    shop: Shop, webhook: Webhook, container: str
) -> None:
    orders = [shop.ordered(orderContainerId=container) for _ in range(2)]
    page = shop.pay(container)
    assert "Оплата прошла успешно!" in page.text
    told = [json.loads(webhook.next()[1]) for _ in orders]
    assert {body["id"] for body in told} == {order["id"] for order in orders}
    assert {body["status"] for body in told} == {"completed"}
    assert shop.read(orders[0]["id"])["paidAt"]
    shop.pay(container)
    assert webhook.received.empty()


def test_notification_is_signed_over_its_raw_bytes(shop: Shop, webhook: Webhook) -> None:
    order = shop.ordered()
    shop.pay(order["orderContainerId"])
    headers, body = webhook.next()
    assert headers["X-Signature"] == hmac.new(b"test-key", body, "sha1").hexdigest()
    assert headers["Content-Type"] == "application/json"
    assert b"http:\\/\\/127.0.0.1" in body
    assert "Бриз".encode() in body
    assert json.loads(body)["amount"] == 4500


def test_signature_agrees_with_the_vector_of_the_reference() -> None:
    body = (
        '{"id":"0192c0de-0000-7000-8000-00000000a001","status":"completed",'
        '"merchantId":"0192c0de-0000-7000-8000-0000000000ff","merchantOrderId":"LNG-000417",'
        '"amount":4500.00,"currencyId":"RUB","description":"Бизнес-зал","paymentUrl":'
        '"https:\\/\\/pay.invoicebox.ru\\/order\\/0192c0de-0000-7000-8000-00000000c001"}'
    ).encode()
    found = sign(body, key="lounge-demo-key", algorithm="sha1")
    assert found == "77ed4f4c46692f8800564e69f11384ea428ace49"
    assert sign(body, key="lounge-demo-key", algorithm="sha256").startswith("01c23708f9f157d3")


def test_order_may_name_its_own_webhook(webhook: Webhook) -> None:
    with serving(SandboxSettings(notification_url="", signature_algorithm="sha512")) as url:
        shop = Shop(url)
        silent = shop.ordered()
        shop.pay(silent["orderContainerId"])
        order = shop.ordered(notificationUrl=webhook.url)
        shop.pay(order["orderContainerId"])
        headers, body = webhook.next()
    assert json.loads(body)["id"] == order["id"]
    assert len(headers["X-Signature"]) == 128


def test_notification_is_repeated_until_it_is_taken(shop: Shop, webhook: Webhook) -> None:
    webhook.answers[:] = [(500, b""), (200, b'{"status":"error","code":"out_of_service"}')]
    order = shop.ordered()
    shop.pay(order["orderContainerId"])
    bodies = {webhook.next()[1] for _ in range(3)}
    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (200, '{"status":"success"}', "delivered"),
        (200, '{"status":"error","code":"order_wrong_amount"}', "refused"),
        (200, '{"status":"error","code":"out_of_service"}', "failed"),
        (200, '{"status":"error"}', "failed"),
        (200, "[]", "failed"),
        (200, "<html>", "failed"),
        (201, '{"status":"success"}', "failed"),
        (0, "ConnectTimeout", "failed"),
    ],
)
def test_only_a_failed_delivery_is_repeated(status: int, text: str, outcome: str) -> None:
    assert judge(status, text) == outcome


def test_expired_order_leaves_the_sum_and_the_rest_is_paid(
    shop: Shop, webhook: Webhook, container: str
) -> None:
    moment = datetime.now(UTC) + timedelta(milliseconds=600)
    order = shop.ordered(orderContainerId=container, expirationDate=moment.isoformat())
    assert total(shop, container) == 1_240_000 + 450_000
    while total(shop, container) != 1_240_000:
        assert datetime.now(UTC) < moment + timedelta(seconds=5)
    assert json.loads(webhook.next()[1])["status"] == "expired"
    shop.pay(container)
    assert shop.read(order["id"])["status"] == "expired"
    assert "Истёк срок оплаты" in requests.get(f"{shop.url}/order/{container}", timeout=10).text


def test_service_taken_out_by_the_buyer_is_cancelled_and_the_shop_is_told(
    shop: Shop, webhook: Webhook, container: str
) -> None:
    order = shop.ordered(orderContainerId=container)
    bill = requests.post(f"{shop.url}/hosts/{container}/cancel", timeout=10).json()
    assert (bill["total"], bill["services"]) == (1_240_000, [])
    told = json.loads(webhook.next()[1])
    assert (told["id"], told["status"]) == (order["id"], "canceled")


def test_buyer_returns_to_the_shop_that_asked_for_it(shop: Shop, webhook: Webhook) -> None:
    order = shop.ordered(successUrl="https://lounge.example/back?a=1&b=2")
    page = shop.pay(order["orderContainerId"]).text
    webhook.next()
    assert 'href="https://lounge.example/back?a=1&amp;b=2"' in page
    assert 'content="5; url=https://lounge.example/back?a=1&amp;b=2"' in page


def test_record_only_order_is_not_paid_here(shop: Shop) -> None:
    order = shop.ordered(processable=False)
    assert order["processable"] is False
    shop.pay(order["orderContainerId"])
    assert shop.read(order["id"])["status"] == "created"


def test_page_shows_the_lines_as_text(shop: Shop) -> None:
    body = order_body(description="<script>alert(1)</script>")
    order = shop.create(body).json()["data"]
    page = requests.get(order["paymentUrl"], timeout=10).text
    assert "&lt;script&gt;alert(1)" in page
    assert "4\xa0500\xa0₽" in page
    assert "811,48" in page


def test_foreign_page_cannot_pay(shop: Shop) -> None:
    container = open_airline(shop.url)
    response = requests.post(
        f"{shop.url}/order/{container}/pay",
        headers={"Sec-Fetch-Site": "cross-site"},
        timeout=10,
    )
    assert response.status_code == 403


def total(shop: Shop, container: str) -> int:
    found: int = requests.get(f"{shop.url}/hosts/{container}.json", timeout=10).json()["total"]
    return found
