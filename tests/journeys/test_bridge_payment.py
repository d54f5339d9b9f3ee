"""An order of its own at a host: who opens the payment, what follows (protocol, section 6)."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.journeys.host_page import ID, OwnHost, init
from tests.journeys.roles import Traveller, opened_by
from tests.journeys.stage import Stage

pytestmark = pytest.mark.journey

ORDER_MODE = init(metadata=[], minappType="order")
HIDDEN = """() => {
  Object.defineProperty(document, "hidden", {value: true, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def confirmed(page: Page, stage: Stage) -> str:
    """The path of a fresh order that awaits its money, made without a host."""
    page.goto(f"{stage.app}/l/briz-svo-c")
    page.locator("[name=guest_name]").fill("Вера Заречная")
    page.locator("[name=contact_email]").fill("vera@zarechnaya.example")
    traveller = Traveller(page)
    traveller.goes_on()
    traveller.sees("confirm")
    traveller.agrees()
    traveller.final_button.click()
    traveller.sees("paying")
    return page.url.removeprefix(stage.app).partition("?")[0]


@pytest.fixture(scope="module")
def order(browser: Browser, stage: Stage) -> str:
    """The path of an order that awaits its money and gets none."""
    page = opened_by(browser, 360, 740)
    with closing(page.context):
        return confirmed(page, stage)


@pytest.fixture
def at_payment(own_host: OwnHost, order: str) -> Iterator[Traveller]:
    """A buyer whose host was asked to open the payment, with the hands of the clock in ours."""
    own_host.page.clock.install()
    traveller = own_host.open(ORDER_MODE, path=order)
    assert len(own_host.hears("checkout")) == 1
    yield traveller
    assert own_host.heard("error") == own_host.heard("link") == []


def test_host_that_does_nothing_is_told_done_at_the_buyers_press(
    own_host: OwnHost, at_payment: Traveller
) -> None:
    button = at_payment.place.locator("[data-pay]")
    address = button.get_attribute("href")
    expect(button).to_have_text(re.compile("Перейти к оплате"))
    own_host.page.clock.run_for(60_000)
    assert own_host.heard("done") == []

    button.click()

    assert own_host.hears("done") == [{"id": ID, "action": "done", "data": address}]
    assert [one["data"] for one in own_host.heard("checkout")] == [address]


def test_press_that_comes_too_soon_waits_and_counts_once(
    own_host: OwnHost, at_payment: Traveller
) -> None:
    for _ in range(3):
        at_payment.place.locator("[data-pay]").click()
    own_host.page.clock.run_for(3000)

    assert len(own_host.hears("done")) == 1
    checkout, done = own_host.page.evaluate(
        "['checkout', 'done'].map(one => times[heard.findIndex(({action}) => action === one)])"
    )
    assert done - checkout >= 2900


def test_host_that_has_hidden_the_page_is_asked_again_and_not_told_done(
    own_host: OwnHost, at_payment: Traveller
) -> None:
    own_host.frame.evaluate(HIDDEN)
    own_host.page.clock.run_for(5000)

    at_payment.place.locator("[data-pay]").click()

    assert len(own_host.hears("checkout", 2)) == 2
    own_host.page.clock.run_for(5000)
    assert own_host.heard("done") == []


def test_press_of_who_sees_the_payment_open_is_forgotten(
    own_host: OwnHost, at_payment: Traveller
) -> None:
    at_payment.place.locator("[data-pay]").click()
    own_host.frame.evaluate(HIDDEN)

    own_host.page.clock.run_for(5000)

    assert own_host.heard("done") == []


def test_refused_payment_can_be_tried_again_and_the_host_is_asked_again(
    own_host: OwnHost, at_payment: Traveller
) -> None:
    own_host.say({"id": ID, "action": "paymentResult", "data": "canceled"})
    failed = at_payment.sees("fail")
    assert len(own_host.heard("checkout")) == 1

    failed.get_by_role("link", name="Оплатить ещё раз").click()

    assert len(own_host.hears("checkout", 2)) == 2
    assert own_host.heard("done") == []


def test_silent_host_leaves_the_buyer_a_link(own_host: OwnHost, order: str) -> None:
    traveller = own_host.open(path=order)
    link = traveller.place.locator("[data-pay]")

    with own_host.page.context.expect_page() as opened:
        link.click()

    expect(opened.value).to_have_url(link.get_attribute("href") or "")
    assert own_host.heard("done") == own_host.heard("link") == []


def test_money_is_seen_without_a_word_of_the_host(
    own_host: OwnHost, stage: Stage, browser: Browser
) -> None:
    page = opened_by(browser, 360, 740)
    with closing(page.context):
        order = confirmed(page, stage)
    traveller = own_host.open(ORDER_MODE, path=order)
    [asked] = own_host.hears("checkout")

    requests.post(f"{asked['data']}/pay", timeout=10)

    paid = traveller.sees("success")
    paid.get_by_role("link", name="Открыть ваучер").click()
    expect(traveller.sees("voucher").locator("[data-code]")).to_be_visible()
    assert own_host.frame.url.startswith(f"{stage.app}{order}")


def test_refused_buyer_chooses_again_with_all_that_was_typed_whatever_the_host_knows(
    own_host: OwnHost, stage: Stage, browser: Browser
) -> None:
    page = opened_by(browser, 360, 740)
    with closing(page.context):
        order = confirmed(page, stage)
    traveller = own_host.open(ORDER_MODE, path=order)
    [asked] = own_host.hears("checkout")
    own_host.say({"id": ID, "action": "paymentResult", "data": "canceled"})
    traveller.sees("fail").get_by_role("button", name="Выбрать снова").click()

    traveller.sees("lounge")

    form = traveller.form()
    assert form["guest_name"] == ["Вера Заречная"]
    assert form["contact_email"] == ["vera@zarechnaya.example"]
    # Nobody can pay the one that was given up.
    requests.post(f"{asked['data']}/pay", timeout=10)
    page = own_host.page
    page.goto(f"{stage.app}{order}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Заказ отменён")
