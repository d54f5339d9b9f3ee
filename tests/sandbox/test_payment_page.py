"""The payment page: who pays, how, what the shop learns of it and where the buyer ends."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from miniapp.sandbox.payer import is_inn
from tests.sandbox.conftest import Shop, Webhook

INN = "9900000017"
ORGANISATION = "ООО «Вымышленный Бриз»"
AWAY = {
    "successUrl": "https://lounge.example/ok",
    "failUrl": "https://lounge.example/fail",
    "returnUrl": "https://lounge.example/return",
}


def post(order: dict[str, Any], act: str, query: str = "", **fields: str) -> requests.Response:
    return requests.post(f"{order['paymentUrl']}/{act}?{query}", data=fields, timeout=10)


def outcome(page: str) -> str:
    return page.partition('data-outcome="')[2].partition('"')[0]


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")


@pytest.mark.parametrize(
    ("way", "status", "words"),
    [
        ("card", "completed", "Оплата прошла успешно!"),
        ("guarantee", "completed", "Оплата прошла успешно!"),
        ("hold", "hold", "Сумма заблокирована на карте"),
    ],
)
def test_each_way_secures_the_money_and_the_shop_is_told(
    shop: Shop, webhook: Webhook, way: str, status: str, words: str
) -> None:
    order = shop.ordered()
    page = post(order, "pay", way=way).text
    assert (words in page, outcome(page)) == (True, status)
    assert json.loads(webhook.next()[1])["status"] == status
    assert shop.read(order["id"])["status"] == status


def test_unknown_way_is_refused(shop: Shop) -> None:
    order = shop.ordered()
    for way in ("cash", "transfer"):
        assert post(order, "pay", way=way).status_code == 400
    assert shop.read(order["id"])["status"] == "created"


def test_transfer_leaves_the_order_open_until_the_money_has_come(
    shop: Shop, webhook: Webhook
) -> None:
    order = shop.ordered(expirationDate=in_days(3))
    assert 'value="transfer"' in requests.get(order["paymentUrl"], timeout=10).text
    assert outcome(post(order, "pay", way="transfer").text) == "pending"
    assert outcome(requests.get(order["paymentUrl"], timeout=10).text) == "pending"
    assert (shop.read(order["id"])["status"], webhook.received.empty()) == ("created", True)
    assert outcome(post(order, "money").text) == "completed"
    assert json.loads(webhook.next()[1])["status"] == "completed"


def test_transfer_is_offered_only_a_day_ahead(shop: Shop) -> None:
    order = shop.ordered(
        expirationDate=(datetime.now(UTC) + timedelta(hours=23)).isoformat(timespec="seconds")
    )
    assert 'value="transfer"' not in requests.get(order["paymentUrl"], timeout=10).text
    assert post(order, "money").status_code == 200
    assert shop.read(order["id"])["status"] == "created"


def test_organisation_of_the_register_becomes_the_customer(shop: Shop, webhook: Webhook) -> None:
    order = shop.ordered()
    found = post(order, "payer", payer="company", inn=INN).text
    assert ORGANISATION in found
    post(order, "pay", payer="company", inn=INN, email="buh@severny-veter.example")
    told = json.loads(webhook.next()[1])["customer"]
    assert told == shop.read(order["id"])["customer"]
    assert told == {
        "type": "legal",
        "name": ORGANISATION,
        "vatNumber": INN,
        "taxRegistrationReasonCode": "990101001",
        "email": "buh@severny-veter.example",
        "phone": "79000000017",
    }


def test_person_gives_no_requisites(shop: Shop, webhook: Webhook) -> None:
    order = shop.ordered(customer={"type": "legal", "vatNumber": INN, "name": "Прежний"})
    post(order, "pay", payer="person", name="Вера Заречная", inn=INN, kpp="990101001")
    assert json.loads(webhook.next()[1])["customer"] == {"type": "private", "name": "Вера Заречная"}


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"inn": ""}, {"inn", "name"}),
        ({"inn": "9900000018"}, {"inn", "name"}),
        ({"inn": "9900000018", "name": "Ромашка"}, {"inn"}),
        ({"inn": INN, "kpp": "12"}, {"kpp"}),
        ({"inn": INN, "email": "nobody"}, {"email"}),
        ({"inn": "990000001246", "kpp": "12", "name": "ИП Примеров"}, set()),
    ],
)
def test_wrong_requisites_are_named_and_nothing_is_paid(
    shop: Shop, webhook: Webhook, fields: dict[str, str], faulty: set[str]
) -> None:
    order = shop.ordered()
    answer = post(order, "pay", payer="company", **fields)
    named = {
        field for field in ("inn", "kpp", "name", "email") if f'id="{field}-fault"' in answer.text
    }
    assert (named, answer.status_code) == (faulty, 422 if faulty else 200)
    assert shop.read(order["id"])["status"] == ("created" if faulty else "completed")
    if not faulty:
        webhook.next()


def test_locked_payer_stays_as_the_shop_has_it(shop: Shop, webhook: Webhook) -> None:
    named = {"type": "legal", "vatNumber": INN, "name": "Наш плательщик"}
    order = shop.ordered(customer=named, invoiceSetting={"customerLocked": True})
    assert "readonly" in requests.get(order["paymentUrl"], timeout=10).text
    post(order, "pay", payer="person", name="Другой", inn="990000001246")
    assert json.loads(webhook.next()[1])["customer"]["name"] == "Наш плательщик"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (INN, True),
        ("990000001246", True),
        ("9900000016", False),
        ("990000001245", False),
        ("990000001256", False),
        ("99000000", False),
        ("٩٩٠٠٠٠٠٠١٧", False),
    ],
)
def test_inn_is_checked_by_its_digits(text: str, right: bool) -> None:
    assert is_inn(text) is right


def test_buyer_who_refuses_goes_where_the_shop_wants(shop: Shop) -> None:
    order = shop.ordered(**AWAY)
    assert (
        'href="https://lounge.example/fail"' in requests.get(order["paymentUrl"], timeout=10).text
    )
    in_app = requests.get(f"{order['paymentUrl']}?view=app", timeout=10).text
    assert "lounge.example" not in in_app
    plain = shop.ordered()
    assert "refused=1" in requests.get(plain["paymentUrl"], timeout=10).text
    refused = requests.get(f"{plain['paymentUrl']}?refused=1", timeout=10).text
    assert outcome(refused) == "canceled"
    assert shop.read(plain["id"])["status"] == "created"


def waited(order: dict[str, Any], page: requests.Response) -> requests.Response:
    """The page after the loader, which loads itself again every second."""
    until = time.monotonic() + 10
    while 'data-testid="waiting"' in page.text:
        assert time.monotonic() < until
        time.sleep(0.05)
        page = requests.get(page.url, timeout=10)
    return page


@pytest.mark.parametrize(
    ("answer", "testid", "back"),
    [
        (b'{"status":"success"}', "paid", "https://lounge.example/ok"),
        (
            b'{"status":"error","code":"shipping_unavailable"}',
            "declined",
            "https://lounge.example/fail",
        ),
    ],
)
def test_page_waits_for_the_shop_when_it_controls_the_shipment(
    shop: Shop, webhook: Webhook, answer: bytes, testid: str, back: str
) -> None:
    webhook.answers[:] = [(200, answer)]
    order = shop.ordered(**AWAY)
    page = waited(order, post(order, "pay", way="card", control="1"))
    webhook.next()
    assert f'data-testid="{testid}"' in page.text
    assert f'<a class="primary" href="{back}"' in page.text
    assert shop.read(order["id"])["status"] == "completed"


def test_page_waits_through_a_failed_attempt_but_not_for_ever(shop: Shop, webhook: Webhook) -> None:
    webhook.answers[:] = [(500, b"")]
    order = shop.ordered()
    page = waited(order, post(order, "pay", control="1"))
    assert 'data-testid="paid"' in page.text
    assert [webhook.next() for _ in range(2)]

    webhook.answers[:] = [(500, b"")] * 3
    silent = shop.ordered()
    page = post(silent, "pay", control="1")
    assert 'data-testid="waiting"' in page.text
    over = requests.get(f"{silent['paymentUrl']}/wait?until=1", timeout=10).text
    assert "Продавец ещё не ответил" in over
    assert [webhook.next() for _ in range(3)]


def test_declined_service_is_named_beside_the_ticket(
    shop: Shop, webhook: Webhook, container: str
) -> None:
    webhook.answers[:] = [(200, b'{"status":"error","code":"shipping_unavailable"}')]
    order = shop.ordered(orderContainerId=container, description="Бизнес-зал «Полный»")
    page = waited(order, post(order, "pay", way="guarantee", control="1"))
    webhook.next()
    assert shop.cancel(order["id"]).status_code == 200
    assert 'data-testid="declined"' in requests.get(page.url, timeout=10).text
    assert "<li>Бизнес-зал «Полный»</li>" in page.text
