"""The host's side of the mini-app protocol, in a real browser with a mini-app of our own."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.sandbox.conftest import Shop, Webhook

pytestmark = pytest.mark.journey

APP = "http://app.example"
APP_PAGE = """<!doctype html><title>app</title><script>
const id = new URLSearchParams(location.search).get("id");
const heard = [];
addEventListener("message", (event) => heard.push(event.data));
const send = (action, data, more) => parent.postMessage({id, action, data, ...more}, "*");
</script>"""


@dataclass
class Host:
    """A buyer in front of a carrier's page, with the hand of the mini-app in the frame."""

    page: Page
    shop: Shop
    app: Frame
    first_id: str

    @property
    def container(self) -> str:
        found = re.search(r"/hosts/([0-9a-f-]+)\.json", self.page.content())
        assert found
        return found[1]

    def send(self, *message: object) -> None:
        self.app.evaluate("(message) => send(...message)", list(message))

    def heard(self, count: int) -> list[dict[str, object]]:
        self.app.wait_for_function("(count) => heard.length >= count", arg=count)
        found: list[dict[str, object]] = self.app.evaluate("heard")
        return found


def opened(page: Page, shop: Shop, query: str = "") -> Host:
    page.context.route(
        f"{APP}/**", lambda route: route.fulfill(body=APP_PAGE, content_type="text/html")
    )
    page.goto(f"{shop.url}/airline?miniapp={APP}/start&{query}")
    page.get_by_test_id("service-lounge").click()
    handle = page.get_by_test_id("miniapp-frame").element_handle()
    frame = handle.content_frame()
    assert frame
    frame.wait_for_function("() => typeof send === 'function'")
    return Host(page, shop, frame, frame.evaluate("id"))


@pytest.fixture
def faultless(page: Page) -> Iterator[Page]:
    """A page on which no script fails and nothing is refused by its policy."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    yield page
    assert faults == []


def test_service_is_added_taken_out_and_counted(
    faultless: Page, shop: Shop, webhook: Webhook
) -> None:
    host = opened(faultless, shop)
    frame = faultless.get_by_test_id("miniapp-frame")
    expect(frame).to_have_attribute("height", "287")
    host.send("init", None, {"version": 2})
    first = host.heard(1)[0]
    assert first["action"] == "init"
    assert first["id"] == host.app.evaluate("id")
    host.send("height", 611.2)
    expect(frame).to_have_attribute("height", "612")
    order = shop.ordered(orderContainerId=host.container)
    with faultless.expect_response(lambda answer: '"done"' in (answer.request.post_data or "")):
        host.send("done", order["paymentUrl"])
    expect(frame).to_have_count(0)
    card, total = faultless.get_by_test_id("service-lounge"), faultless.get_by_test_id("total")
    expect(card).to_contain_text("4 500 ₽ • 1 позиция")
    expect(total).to_have_text("16 900 ₽")
    faultless.get_by_test_id("service-remove").click()
    expect(total).to_have_text("12 400 ₽")
    expect(card.get_by_role("button")).to_have_text("Добавить услугу")
    webhook.next()
    assert shop.read(order["id"])["status"] == "canceled"
    talk = [entry for entry in shop.log("message") if entry["container"] == host.container]
    assert [(entry["direction"], entry["message"]["action"]) for entry in reversed(talk)] == [
        ("in", "init"),
        ("out", "init"),
        ("in", "height"),
        ("in", "done"),
    ]


def test_one_of_several_services_is_taken_out_and_one_expires(
    page: Page, shop: Shop, webhook: Webhook
) -> None:
    host = opened(page, shop)
    first = shop.ordered(orderContainerId=host.container, description="Зал вылета")
    second = shop.ordered(orderContainerId=host.container, description="Зал прилёта")
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    shop.ordered(orderContainerId=host.container, expirationDate=soon)
    host.send("done", first["paymentUrl"])
    total, rows = page.get_by_test_id("total"), page.get_by_test_id("service-row")
    expect(total).to_have_text("25 900 ₽")
    row = rows.filter(has_text="Зал вылета")
    row.get_by_test_id("service-row-remove").click()
    expect(row).to_have_count(0)
    expect(page.get_by_test_id("notice")).to_have_text(re.compile("Срок оплаты"), timeout=10_000)
    expect(total).to_have_text("16 900 ₽")
    expect(rows).to_have_count(1)
    page.get_by_test_id("service-more").click()
    frame = page.get_by_test_id("miniapp-frame")
    assert host.first_id not in (frame.get_attribute("src") or "")
    told = [json.loads(webhook.next()[1]) for _ in range(2)]
    assert {one["status"] for one in told} == {"canceled", "expired"}
    page.get_by_test_id("pay").click()
    expect(page.get_by_test_id("paid")).to_be_visible()
    paid = json.loads(webhook.next()[1])
    assert (paid["id"], paid["status"]) == (second["id"], "completed")


def test_changed_contacts_reach_an_app_of_the_second_protocol(page: Page, shop: Shop) -> None:
    host = opened(page, shop)
    host.send("init", None, {"version": 2})
    host.heard(1)
    page.get_by_label("Эл. почта").fill("new@firm.example")
    page.get_by_label("Эл. почта").blur()
    update = host.heard(2)[1]
    assert update["action"] == "updateData"
    assert update["data"]["public"]["userEmail"] == "new@firm.example"  # type: ignore[index]


def test_old_host_drops_checkout_and_sends_no_update(page: Page, shop: Shop) -> None:
    host = opened(page, shop, "protocol=1&ticket=app-no-ticket")
    host.send("init", None, {"version": 2})
    host.heard(1)
    page.get_by_label("Эл. почта").fill("new@firm.example")
    page.get_by_label("Эл. почта").blur()
    order = shop.ordered()
    host.send("checkout", order["paymentUrl"])
    host.send("init")
    assert [message["action"] for message in host.heard(2)] == ["init", "init"]
    host.send("done", order["paymentUrl"])
    expect(page).to_have_url(order["paymentUrl"])


def test_checkout_leads_to_the_payment(page: Page, shop: Shop, webhook: Webhook) -> None:
    host = opened(page, shop, "ticket=app-no-ticket")
    order = shop.ordered()
    host.send("checkout", order["paymentUrl"])
    expect(page).to_have_url(order["paymentUrl"])
    page.get_by_test_id("pay").click()
    expect(page.get_by_test_id("paid")).to_contain_text("Оплата прошла успешно!")
    webhook.next()


def test_app_may_speak_to_the_buyer_and_give_up(page: Page, shop: Shop) -> None:
    host = opened(page, shop)
    notice = page.get_by_test_id("notice")
    host.send("error", "Мест нет <b>")
    expect(notice).to_have_text("Мест нет <b>")
    host.send("error", None)
    expect(notice).to_have_text("Что-то пошло не так")
    with page.context.expect_page() as tab:
        host.send("link", f"{APP}/offer")
    assert tab.value.url == f"{APP}/offer"
    host.send("unavailable", None)
    expect(page.get_by_test_id("miniapp-frame")).to_have_count(0)
    expect(notice).to_have_text("Услуга недоступна для вашего заказа")


GIVE_UP = "(id) => parent.postMessage({id, action: 'unavailable', data: null}, '*')"
SECOND_FRAME = """(src) => new Promise((loaded) => {
  const frame = Object.assign(document.createElement("iframe"), {name: "second", src});
  frame.onload = loaded;
  document.body.append(frame);
})"""


def test_stranger_is_not_heard(page: Page, shop: Shop) -> None:
    host = opened(page, shop)
    own_id = host.app.evaluate("id")
    page.evaluate(SECOND_FRAME, f"{APP}/other")
    second = page.frame("second")
    assert second
    second.evaluate(GIVE_UP, own_id)
    page.evaluate(GIVE_UP, own_id)
    host.app.evaluate(GIVE_UP, "another id")
    host.send("link", "javascript:alert(1)")
    host.send("constructor")
    host.send("init")
    host.heard(1)
    expect(page.get_by_test_id("miniapp-frame")).to_have_count(1)
