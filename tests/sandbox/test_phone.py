"""The Invoicebox app in a real browser: its WebView, and the payment that opens over it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.sandbox.conftest import Shop, Webhook
from tests.sandbox.mini_app import MiniApp, standing

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def mini_app() -> Iterator[MiniApp]:
    with standing() as app:
        yield app


@dataclass
class Phone:
    """A buyer with the phone in the hand, and the hand of the mini-app in the WebView."""

    page: Page
    shop: Shop
    app: MiniApp

    def open(self, query: str = "") -> "Phone":
        self.page.goto(f"{self.shop.url}/app?miniapp={self.app.url}/start&{query}")
        self.page.wait_for_function("document.querySelector('[data-testid=miniapp-frame]')")
        self.inside("say('init', null, {version: 2})")
        return self

    def inside(self, script: str) -> Any:
        """What a script of the mini-app gives."""
        handle = self.page.get_by_test_id("miniapp-frame").element_handle()
        frame = handle.content_frame()
        assert frame
        frame.wait_for_function("() => typeof say === 'function'")
        return frame.evaluate(script)

    def heard(self, count: int) -> list[dict[str, Any]]:
        """The messages that arrived in the page, as soon as there are so many."""
        handle = self.page.get_by_test_id("miniapp-frame").element_handle()
        frame = handle.content_frame()
        assert frame
        frame.wait_for_function("(count) => heard.length >= count", arg=count)
        found: list[dict[str, Any]] = frame.evaluate("heard")
        return found

    def checks_out(self) -> dict[str, Any]:
        order = self.shop.ordered()
        self.inside(f"say('checkout', '{order['paymentUrl']}')")
        return order

    @property
    def payment(self) -> FrameLocator:
        return self.page.frame_locator("[data-testid=payment-frame]")

    @property
    def result(self) -> str:
        """The last word of ``paymentResult``."""
        message = self.heard(2)[-1]["data"]
        assert message["action"] == "paymentResult"
        return str(message["data"])


@pytest.fixture
def phone(page: Page, shop: Shop, mini_app: MiniApp) -> Iterator[Phone]:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    yield Phone(page, shop, mini_app)
    assert faults == []


def test_page_in_the_webview_stands_alone(phone: Phone) -> None:
    phone.open()
    assert phone.inside("[parent === window, document.referrer]") == [True, ""]
    [answer] = phone.heard(1)
    public = answer["data"]["data"]["public"]
    assert answer["data"]["id"] == phone.inside("id")
    assert public == {
        "minappType": "order",
        "fullHeight": True,
        "locale": "ru",
        "userName": "",
        "userEmail": "",
        "userPhone": "",
    }


@pytest.mark.parametrize("transport", ["object", "string"])
@pytest.mark.parametrize(
    ("query", "place", "own_origin"),
    [
        ("", "window", True),
        ("origin=empty", "window", False),
        ("target=document", "document", True),
        ("target=document&origin=empty", "document", False),
    ],
)
def test_host_speaks_inside_the_page(
    phone: Phone, transport: str, query: str, place: str, own_origin: bool
) -> None:
    phone.open(f"transport={transport}&{query}")
    [answer] = phone.heard(1)
    assert answer["place"] == place
    assert answer["origin"] == (phone.inside("location.origin") if own_origin else "")
    assert isinstance(answer["data"], str) is (transport == "string")
    # An injected script posts to its own window; an event of the native side has no source.
    assert answer["own"] is (place == "window" and own_origin)


def test_query_names_shop_and_buyer(phone: Phone) -> None:
    phone.open("shopId=4821&contacts=1&lang=en&protocol=1")
    data = phone.heard(1)[0]["data"]["data"]
    assert (data["public"]["shopId"], data["public"]["locale"]) == (4821, "en")
    assert data["public"]["userEmail"] == "buh@severny-veter.example"
    assert "basketItems" not in data["private"]


def test_payment_opens_over_the_paused_app_which_hears_of_the_result(
    phone: Phone, webhook: Webhook
) -> None:
    phone.open()
    order = phone.checks_out()
    frame = phone.page.get_by_test_id("miniapp-frame")
    expect(phone.payment.get_by_test_id("pay")).to_be_visible()
    expect(frame).to_be_hidden()
    assert phone.inside("document.visibilityState") == "hidden"
    phone.inside("say('done', null)")
    phone.payment.get_by_test_id("pay").click()
    expect(phone.payment.get_by_test_id("paid")).to_be_visible()
    expect(frame).to_be_visible()
    assert phone.result == "completed"
    assert phone.inside("seen") == ["visible", "hidden", "visible"]
    webhook.next()
    assert phone.shop.read(order["id"])["status"] == "completed"


@pytest.mark.parametrize(
    ("way", "result"), [("hold", "hold"), ("transfer", "pending"), ("refuse", "canceled")]
)
def test_result_is_how_the_payment_went(
    phone: Phone, webhook: Webhook, way: str, result: str
) -> None:
    phone.open()
    order = phone.shop.ordered(expirationDate="2099-01-01T00:00:00+03:00")
    phone.inside(f"say('checkout', '{order['paymentUrl']}')")
    if way == "refuse":
        phone.payment.get_by_test_id("refuse").click()
    else:
        phone.payment.locator(f"[name=way][value={way}]").check()
        phone.payment.get_by_test_id("pay").click()
    assert phone.result == result
    if way == "hold":
        webhook.next()


def test_closed_payment_is_a_refusal(phone: Phone) -> None:
    phone.open()
    phone.checks_out()
    expect(phone.payment.get_by_test_id("pay")).to_be_visible()
    phone.page.get_by_test_id("payment-close").click()
    assert phone.result == "canceled"


@pytest.mark.parametrize(
    ("query", "word"),
    [("result=unknown", "unknown"), ("result=paid", "paid"), ("protocol=1&checkout=1", "paid")],
)
def test_host_may_say_another_word(phone: Phone, webhook: Webhook, query: str, word: str) -> None:
    phone.open(query)
    phone.checks_out()
    phone.payment.get_by_test_id("pay").click()
    assert phone.result == word
    webhook.next()


def test_old_host_knows_no_checkout_and_closes_on_done(phone: Phone, webhook: Webhook) -> None:
    phone.open("protocol=1")
    order = phone.checks_out()
    expect(phone.page.get_by_test_id("payment-frame")).to_have_count(0)
    phone.inside(f"say('done', '{order['paymentUrl']}')")
    expect(phone.page.get_by_test_id("miniapp-frame")).to_have_count(0)
    phone.payment.get_by_test_id("pay").click()
    expect(phone.payment.get_by_test_id("paid")).to_be_visible()
    webhook.next()
    phone.page.get_by_test_id("payment-close").click()
    phone.page.get_by_test_id("app-open").click()
    expect(phone.page.get_by_test_id("miniapp-frame")).to_be_visible()


def test_app_may_speak_link_and_give_up(phone: Phone, mini_app: MiniApp) -> None:
    phone.open()
    notice = phone.page.get_by_test_id("notice")
    phone.inside("say('error', 'Мест нет <b>')")
    expect(notice).to_have_text("Мест нет <b>")
    with phone.page.context.expect_page() as tab:
        phone.inside("say('link', location.origin + '/offer')")
    # The browser outside knows the app by its own address.
    assert tab.value.url == f"{mini_app.url}/offer"
    phone.inside("say('unavailable', null)")
    expect(notice).to_have_text("Услуга недоступна для вашего заказа")
    expect(phone.page.get_by_test_id("app-home")).to_be_visible()


def test_only_text_crosses_the_bridge(phone: Phone) -> None:
    phone.open()
    phone.inside("window.ReactNativeWebView.postMessage({id, action: 'unavailable', data: null})")
    phone.inside("window.ReactNativeWebView.postMessage('{')")
    phone.inside("say('init')")
    assert len(phone.heard(2)) == 2
    expect(phone.page.get_by_test_id("miniapp-frame")).to_be_visible()
