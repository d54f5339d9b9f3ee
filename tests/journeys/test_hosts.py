"""A visit bought in every host that has no ticket, and on a railway's page, to its voucher."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.hosts import Camera, Marketplace, PaymentPage, Phone, Showcase, Visitor
from tests.journeys.roles import Host, Mailbox, Watch
from tests.journeys.stage import Stage

pytestmark = pytest.mark.journey

SIZES = pytest.mark.parametrize("browser_context_args", [
    pytest.param({"viewport": {"width": 360, "height": 740}}, id="360x740"),
    pytest.param({"viewport": {"width": 1280, "height": 900}}, id="1280x900"),
], indirect=True)  # fmt: skip
LOUNGE = "Бриз, терминал C"


@pytest.fixture
def watch(page: Page, stage: Stage) -> Iterator[Watch]:
    """As everywhere; the pages of the WebView have a name of their own."""
    watch = Watch((*stage.hosts, stage.sandbox.replace("//", "//app.")))
    watch.over(page)
    yield watch
    # The question of a waiting screen, and a host's report to the log, end with their page.
    dropped = re.compile(r"failed: .*([?&]seen=|/messages$)")
    assert [fault for fault in watch.faults if not dropped.match(fault)] == []


@pytest.fixture
def phone(page: Page, stage: Stage, watch: Watch) -> Phone:
    return Phone(page, stage.sandbox)


@pytest.fixture
def showcase(page: Page, stage: Stage, watch: Watch) -> Showcase:
    return Showcase(page, stage.sandbox)


@pytest.fixture
def marketplace(page: Page, stage: Stage, watch: Watch) -> Marketplace:
    return Marketplace(page, stage.sandbox)


@pytest.fixture
def camera(page: Page, pictures: Path) -> Callable[[str], Camera]:
    """A camera for one journey; its pictures are named by the width of the window."""
    size = page.viewport_size
    assert size
    return lambda journey: Camera(page, pictures, f"{size['width']}-{journey}")


@SIZES
def test_visit_is_bought_in_the_app_of_the_provider(
    phone: Phone, camera: Callable[[str], Camera]
) -> None:
    picture = camera("app")
    visitor = phone.open()
    picture.takes("1-where")
    visitor.finds_lounge(place="Шереметьево", lounge=LOUNGE)
    picture.takes("2-lounge")
    visitor.fills_form()
    visitor.goes_on()
    # A screen begins at its head, however far down the one before was read.
    expect(visitor.sees("confirm").locator("h1")).to_be_in_viewport()
    picture.takes("3-confirm")
    visitor.agrees()
    visitor.final_button.click()

    expect(phone.payment.place.get_by_test_id("pay")).to_be_visible()
    picture.takes("4-payment")
    phone.payment.pays()

    visitor.sees("success")
    picture.takes("5-success")
    expect(visitor.opens_voucher()).to_contain_text(LOUNGE)
    picture.takes("6-voucher")


def test_sum_that_is_only_blocked_gives_the_voucher_too(phone: Phone) -> None:
    visitor = phone.open()
    visitor.finds_lounge(place="Шереметьево", lounge=LOUNGE)
    visitor.fills_form()
    visitor.orders()

    phone.payment.pays("hold")

    expect(visitor.opens_voucher()).to_contain_text(LOUNGE)


def test_payment_that_was_closed_can_be_opened_again(
    phone: Phone, camera: Callable[[str], Camera]
) -> None:
    visitor = phone.open("contacts=1")
    visitor.finds_lounge(place="Пулково", lounge="Бриз")
    visitor.sees("lounge").locator("[name=guest_name]").first.fill("Вера Заречная")
    visitor.orders()
    phone.closes_payment()
    failed = visitor.sees("fail")
    camera("app").takes("7-canceled")

    failed.get_by_role("link", name="Оплатить ещё раз").click()
    phone.payment.pays()

    visitor.opens_voucher()


@SIZES
def test_visit_is_bought_on_a_page_that_goes_to_the_payment_itself(
    page: Page, showcase: Showcase, mailbox: Mailbox, camera: Callable[[str], Camera]
) -> None:
    picture = camera("showcase")
    visitor = showcase.open()
    visitor.finds_lounge(place="Казань", lounge="Бриз")
    visitor.fills_form(email="showcase@zarechnaya.example")
    picture.takes("1-lounge")
    visitor.orders()
    PaymentPage(page).pays()
    picture.takes("2-paid")

    PaymentPage(page).goes_back_to_shop()

    # What the provider was given shows neither the e-mail nor the form.
    alone = Visitor(page)
    alone.sees("success")
    assert "/back/" in page.url
    picture.takes("3-success")
    alone.opens_voucher()
    picture.takes("4-voucher")


def test_old_host_is_told_at_the_press_of_the_button(page: Page, showcase: Showcase) -> None:
    visitor = showcase.open("protocol=1")
    visitor.finds_lounge(place="Шереметьево", lounge=LOUNGE)
    visitor.fills_form()
    visitor.orders()

    visitor.goes_to_payment()

    PaymentPage(page).pays()


@SIZES
def test_passenger_of_a_train_adds_a_visit_and_gets_the_letter(
    page: Page, stage: Stage, watch: Watch, mailbox: Mailbox, camera: Callable[[str], Camera]
) -> None:
    picture = camera("railway")
    railway = Host(page, stage.sandbox, carrier="railway")
    traveller = railway.open("rail-day-train")
    container = railway.container
    expect(traveller.suggestions.first).to_contain_text("Перед отправлением поезда")
    picture.takes("1-suggestion")
    traveller.takes_first_suggestion()
    lounge = traveller.sees("lounge")
    lounge.locator("summary").click()
    expect(lounge).to_contain_text("До платформ")
    picture.takes("2-lounge")
    traveller.goes_on()
    traveller.sees("confirm")
    traveller.agrees()
    traveller.final_button.click()
    expect(railway.card).to_contain_text("1 позиция")
    picture.takes("3-added")

    railway.pay()

    [created] = railway.orders_created(container)
    letter = mailbox.letter_with(created["request"]["body"]["merchantOrderId"])
    assert re.search(r"http://\S+/v/\S+", letter["text"])


@SIZES
def test_link_of_the_marketplace_opens_its_lounge_to_be_bought(
    page: Page, marketplace: Marketplace, camera: Callable[[str], Camera]
) -> None:
    picture = camera("marketplace")
    shop = marketplace.shop("Бриз, терминал C — Москва")
    picture.takes("1-shops")
    expect(shop).to_contain_text("Москва, Шереметьево, терминал C")
    shop.get_by_test_id("shop-open").click()
    visitor = Visitor(page)
    visitor.fills_form()
    picture.takes("2-lounge")
    assert visitor.orders() == LOUNGE

    visitor.goes_to_payment()
    PaymentPage(page).pays()
    PaymentPage(page).goes_back_to_shop()

    expect(visitor.opens_voucher()).to_contain_text(LOUNGE)


def test_point_of_sale_in_a_frame_opens_its_lounge(
    page: Page, marketplace: Marketplace, showcase: Showcase, stage: Stage
) -> None:
    shop = marketplace.shop("Бриз, терминал B — Москва")
    number = shop.get_attribute("data-shop")
    shop.get_by_test_id("shop-showcase").click()
    lounge = showcase.visitor.sees("lounge").locator("h1")
    expect(lounge).to_have_text("Бриз, терминал B")

    # A host may know the number alone, and open the mini-app at its beginning.
    showcase.open(f"shopId={number}")

    expect(showcase.visitor.sees("lounge").locator("h1")).to_have_text("Бриз, терминал B")


def test_lounge_for_arrivals_alone_is_found_and_bought_without_a_flight(
    page: Page, stage: Stage, watch: Watch
) -> None:
    page.goto(f"{stage.app}/places/VVO")
    visitor = Visitor(page)
    card = visitor.sees("lounges").get_by_role("link", name="Бриз Утро")
    expect(card).to_contain_text("₽")
    card.click()
    visitor.fills_form()

    visitor.orders()

    visitor.sees("paying")


def test_who_refuses_to_pay_in_the_app_finds_the_form_as_it_was(phone: Phone) -> None:
    visitor = phone.open()
    visitor.finds_lounge(place="Шереметьево", lounge=LOUNGE)
    visitor.fills_form(name="Нина Снова", email="nina@zarechnaya.example")
    typed = visitor.form()
    visitor.orders()
    phone.payment.refuses()

    visitor.sees("fail").get_by_role("button", name="Выбрать снова").click()

    visitor.sees("lounge")
    assert visitor.form() == typed


def test_who_comes_back_without_paying_finds_the_choice_and_no_names(
    page: Page, stage: Stage, watch: Watch, camera: Callable[[str], Camera]
) -> None:
    page.goto(f"{stage.app}/l/briz-svo-c")
    visitor = Visitor(page)
    visitor.fills_form()
    visitor.picks_guests(adults=2)
    chosen = visitor.form()
    visitor.orders()
    visitor.goes_to_payment()
    PaymentPage(page).refuses()
    camera("direct").takes("fail")

    visitor.sees("fail").get_by_role("link", name="Выбрать снова").click()

    visitor.sees("lounge")
    found = visitor.form()
    kept = ("rate", "visit_date", "visit_time", "adults")
    assert {name: found[name] for name in kept} == {name: chosen[name] for name in kept}
    # The address of the way back is known to the provider: it opens nobody's name.
    assert (found["guest_name"], found["contact_email"]) == (["", ""], [""])
