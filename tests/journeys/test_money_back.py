"""One of two guests stays at home: the buyer gives the visit back and sees the money leave."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.roles import Mailbox, Traveller, Watch, eventually, roubles
from tests.journeys.stage import Stage

pytestmark = pytest.mark.journey


def pays_for_two(page: Page, stage: Stage, traveller: Traveller) -> str:
    """A paid order of two guests; gives the address of the buyer's own page."""
    # Long enough before the visit for all the money to come back.
    day = datetime.now(UTC) + timedelta(days=10)
    page.goto(f"{stage.app}/l/briz-svo-c?adults=2&visit_date={day.date().isoformat()}")
    page.locator("[name=guest_name]").first.fill("Вера Заречная")
    page.locator("[name=contact_email]").fill("vera@zarechnaya.example")
    traveller.goes_on()
    traveller.sees("confirm")
    traveller.agrees()
    traveller.final_button.click()
    traveller.sees("paying")
    own_page = page.url
    page.get_by_role("link", name=re.compile("Перейти к оплате")).click()
    page.locator("[name=payer][value=person]").check(force=True)
    page.locator("[name=name]").fill("Вера Заречная")
    page.locator("[name=email]").fill("vera@zarechnaya.example")
    page.get_by_test_id("pay").click()
    expect(page.get_by_test_id("paid")).to_be_visible()
    return own_page


def wants_to_cancel(page: Page, traveller: Traveller, own_page: str) -> Locator:
    """The page that gives the visit back, reached from the buyer's own page."""
    page.goto(own_page)
    traveller.sees("success").get_by_role("link", name="Отменить посещение").click()
    return traveller.sees("give-back")


def final_button(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("Отменить и вернуть"))


def expect_half_of_it_back(page: Page, own_page: str, half: int) -> None:
    """The worker has refunded one guest at the provider, once, and the page says so."""

    def looks() -> Locator | None:
        page.goto(own_page)
        told = page.get_by_text(re.compile("отправлены обратно в"))
        return told if told.count() else None

    assert roubles(eventually(looks).inner_text().partition("₽")[0]) == half
    page.get_by_text("Что с заказом").click()
    expect(page.get_by_text("Посещение отменено для 1 гостя")).to_be_visible()
    expect(page.get_by_text("Деньги отправлены обратно")).to_have_count(1)
    expect(page.get_by_role("link", name="Открыть ваучер")).to_be_visible()


def test_buyer_gives_one_guest_back_and_the_money_and_the_letter_come(
    page: Page, direct: Traveller, stage: Stage, mailbox: Mailbox, watch: Watch
) -> None:
    own_page = pays_for_two(page, stage, direct)
    whole = roubles(wants_to_cancel(page, direct, own_page).locator(".total b").inner_text())
    asked = int(re.sub(r"\D", "", final_button(page).inner_text()))
    assert asked == whole

    page.get_by_label("Вера Заречная").uncheck()

    half = whole // 2
    expect(final_button(page)).to_have_text(re.compile(f"{half // 1000}\\s{half % 1000:03}"))
    expect(page.get_by_label("Вера Заречная")).to_be_focused()
    final_button(page).dblclick()
    direct.sees("success")
    expect_half_of_it_back(page, own_page, half)
    [number] = re.findall(r"LNG-\w+", own_page)
    letter = mailbox.letter_with(f"/orders/{number}")
    assert letter["subject"].startswith("Возврат")
    assert letter["to"] == ["vera@zarechnaya.example"]


@pytest.mark.parametrize("browser_context_args", [{"java_script_enabled": False}], indirect=True)
def test_without_script_the_right_sum_is_shown_before_anything_is_done(
    page: Page, direct: Traveller, stage: Stage
) -> None:
    own_page = pays_for_two(page, stage, direct)
    leaving = wants_to_cancel(page, direct, own_page)
    whole = roubles(leaving.locator(".total b").inner_text())
    page.get_by_label("Вера Заречная").uncheck()

    final_button(page).click()

    expect(page.get_by_role("alert")).to_contain_text("Сумма возврата изменилась")
    assert roubles(leaving.locator(".total b").inner_text()) == whole // 2
    final_button(page).click()
    expect_half_of_it_back(page, own_page, whole // 2)
