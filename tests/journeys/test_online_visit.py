"""From a ticket on the payment page to a voucher with a code, in a real browser."""

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from miniapp.sandbox import tickets
from tests.journeys.hosts import PaymentPage
from tests.journeys.roles import Host, Mailbox, Traveller, Watch
from tests.journeys.stage import Stage

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 900)])
def test_traveller_adds_a_visit_to_a_ticket_with_taps_alone(
    page: Page,
    host: Host,
    mailbox: Mailbox,
    watch: Watch,
    pictures: Path,
    width: int,
    height: int,
) -> None:
    def keep(name: str) -> None:
        # The window grows instead of a picture of the full page, which squeezes the frame.
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(height, tall)})
        # The caret stays: to hide it a style would be put into our page, against its policy.
        page.screenshot(path=pictures / f"{width}-{name}.png", caret="initial", scale="css")
        page.set_viewport_size({"width": width, "height": height})

    page.set_viewport_size({"width": width, "height": height})
    traveller = host.open("air-one-way-business")
    container, before = host.container, host.total()

    expect(traveller.suggestions.first).to_contain_text("Перед вылетом · Шереметьево, терминал C")
    keep("1-suggestion")
    traveller.takes_first_suggestion()
    form = traveller.form()
    assert form["guest_name"] == form["contact_name"] == ["Ольга Тестова"]
    assert form["contact_email"] == ["buh@severny-veter.example"]
    assert form["contact_phone"] == ["+79000000017"]
    assert form["flight_number"] == ["ZZ418"]
    assert form["container"] == [container]
    keep("2-lounge")
    traveller.goes_on()
    traveller.sees("confirm")
    price = traveller.price()
    keep("3-confirm")
    traveller.agrees()
    traveller.final_button.click()

    expect(host.frame).to_have_count(0)
    expect(host.card).to_contain_text("1 позиция")
    assert host.total() == before + price > before
    keep("4-added")
    assert host.messages(container)[-1] == "done"
    [created] = host.orders_created(container)
    assert created["request"]["body"]["amount"] == price

    host.pay()
    order = created["answer"]["body"]["data"]["id"]
    assert json.loads(host.notified(order)["answer"]["body"]) == {"status": "success"}
    letter = mailbox.letter_with(created["request"]["body"]["merchantOrderId"])
    assert letter["to"] == ["buh@severny-veter.example"]
    link = re.search(r"http://\S+/v/\S+", letter["text"])
    assert link
    page.goto(link[0])
    Traveller(page).sees("voucher")
    keep("5-voucher")
    code = page.locator("[data-code]")
    assert read_code(page.locator("svg.qr")) == code.get_attribute("data-code")
    assert code.inner_text() in letter["text"]


def read_code(picture: Locator) -> str:
    """What a scanner reads from the screen."""
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))
    text: str = found.text
    return text


SUGGESTED = {
    "air-one-way-business": "Перед вылетом · Шереметьево, терминал C",
    "air-return-family": "Перед вылетом · Кольцово",
    "air-transfer-abroad": "During the transfer · Sheremetyevo",
    "already-has-lounge": "Перед вылетом · Шереметьево, терминал C",
    "rail-day-train": "Перед отправлением поезда · Ленинградский вокзал",
    "rail-latin-names": "После прибытия поезда · Московский вокзал",
}


@pytest.mark.parametrize("ticket", tickets.names())
def test_every_ticket_opens_the_screen_it_can_decide(host: Host, watch: Watch, ticket: str) -> None:
    traveller = host.open(ticket)

    if ticket in SUGGESTED:
        expect(traveller.suggestions.first).to_contain_text(SUGGESTED[ticket])
    else:
        expect(traveller.sees("where").get_by_role("searchbox")).to_be_enabled()
        expect(traveller.place.locator(".skeleton")).to_be_hidden()
        assert "unavailable" not in host.messages(host.container)


def test_way_back_in_another_year_is_offered_on_its_own_day(host: Host, watch: Watch) -> None:
    traveller = host.open("air-return-family")
    ticket = tickets.load("air-return-family", now=datetime.now(UTC))
    assert ticket
    [back] = {
        one["reservationFor"]["departureTime"]
        for one in tickets.reservations(ticket)
        if one["reservationFor"]["flightNumber"] == "296"
    }

    way_back = traveller.suggestions.filter(has_text="ZZ296")
    expect(way_back).to_contain_text("Перед вылетом · Сочи (Адлер), терминал A")
    traveller.takes(way_back)

    form = traveller.form()
    assert form["visit_date"] == [back[:10]]
    assert form["adults"] == ["4"]
    assert sorted(form["guest_name"]) == [
        "Анна Примерова",
        "Иван Примеров",
        "Майя Примерова",
        "Пётр Примеров",
    ]


def test_foreign_ticket_is_spoken_to_in_english_to_the_end(
    host: Host, mailbox: Mailbox, watch: Watch
) -> None:
    traveller = host.open("air-transfer-abroad")
    expect(traveller.place.locator("html")).to_have_attribute("lang", "en")
    container = host.container
    traveller.reaches_confirmation()
    expect(traveller.final_button).to_contain_text("Add to the order")
    traveller.agrees()
    traveller.final_button.click()
    expect(host.frame).to_have_count(0)

    host.pay()

    [created] = host.orders_created(container)
    letter = mailbox.letter_with(created["request"]["body"]["merchantOrderId"])
    assert letter["subject"].startswith("Voucher: business lounge")


def test_two_presses_reload_and_back_leave_one_order(host: Host, watch: Watch) -> None:
    traveller = host.open()
    container = host.container
    traveller.reaches_confirmation()
    traveller.agrees()
    # Two presses before the browser has had time for anything else.
    traveller.final_button.evaluate("button => { button.click(); button.click(); }")
    expect(host.frame).to_have_count(0)
    expect(host.card).to_contain_text("1 позиция")

    host.page.reload()
    host.page.go_back()

    assert len(host.orders_created(container)) == 1


def test_buyer_who_reloads_or_goes_back_after_confirming_makes_no_second_order(
    page: Page, direct: Traveller, host: Host, stage: Stage
) -> None:
    orders_before = len(host.orders_created(None))
    fill_visit(page, stage)
    direct.goes_on()
    direct.sees("confirm")
    direct.agrees()
    direct.final_button.click()
    payment = direct.sees("paying").locator("a.main").get_attribute("href")

    page.reload()
    expect(direct.sees("paying").locator("a.main")).to_have_attribute("href", payment or "")
    page.go_back()
    expect(page.locator("main")).not_to_have_attribute("data-screen", "confirm")

    assert len(host.orders_created(None)) == orders_before + 1


def fill_visit(page: Page, stage: Stage) -> None:
    """The lounge's form by hand, for a day on which there is surely time to buy."""
    page.goto(f"{stage.app}/l/briz-svo-c")
    page.locator("[name=guest_name]").fill("Вера Заречная")
    page.locator("[name=contact_email]").fill("vera@zarechnaya.example")


@pytest.mark.parametrize("browser_context_args", [{"java_script_enabled": False}], indirect=True)
def test_without_script_the_whole_way_is_links_and_forms(
    page: Page, direct: Traveller, stage: Stage
) -> None:
    page.goto(f"{stage.app}/")
    direct.sees("where").get_by_role("searchbox").fill("шереметьево")
    page.get_by_role("button", name="Найти").click()
    page.get_by_role("link", name=re.compile("Шереметьево")).click()
    direct.sees("lounges")
    page.get_by_role("link", name=re.compile("Бриз, терминал C")).click()
    direct.sees("lounge")
    page.get_by_label("Гость 1").fill("Вера Заречная")
    email = page.get_by_label("Электронная почта")
    email.fill("vera at zarechnaya")
    direct.goes_on()

    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_value("vera at zarechnaya")
    expect(page.get_by_label("Гость 1")).to_have_value("Вера Заречная")
    email.fill("vera@zarechnaya.example")
    direct.goes_on()
    direct.sees("confirm")
    direct.agrees()
    direct.final_button.click()

    payment = direct.sees("paying").get_by_role("link", name=re.compile("Перейти к оплате"))
    assert (payment.get_attribute("href") or "").startswith(f"{stage.sandbox}/order/")

    payment.click()
    PaymentPage(page).pays()
    PaymentPage(page).goes_back_to_shop()
    direct.sees("success").get_by_role("link", name="Открыть ваучер").click()
    expect(direct.sees("voucher").locator("svg.qr")).to_be_visible()
