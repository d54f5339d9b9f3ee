"""A browser that runs no script: every step is a link or a form, to the voucher."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.hosts import PaymentPage, Visitor
from tests.journeys.stage import Stage

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize(
        "browser_context_args", [{"java_script_enabled": False}], indirect=True
    ),
]


def finds_lounge(visitor: Visitor) -> None:
    """By the button of the search, for nothing is found as one types."""
    where = visitor.sees("where")
    where.get_by_role("searchbox").fill("шереметьево")
    where.get_by_role("button", name="Найти").click()
    visitor.place.locator("#found").get_by_role("link", name=re.compile("Шереметьево")).click()
    visitor.sees("lounges").get_by_role("link", name=re.compile("Бриз, терминал C")).click()


def test_way_leads_from_the_first_page_to_the_voucher(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.app}/")
    visitor = Visitor(page)
    finds_lounge(visitor)
    visitor.fills_form()
    visitor.orders()
    visitor.goes_to_payment()
    PaymentPage(page).pays()

    PaymentPage(page).goes_back_to_shop()

    # The page loads itself anew until our server has heard of the money.
    success = page.locator("main[data-screen=success]")
    expect(success).to_be_visible(timeout=15_000)
    expect(visitor.opens_voucher().locator("[data-code]")).to_be_visible()


def test_who_does_not_pay_may_pay_later_or_choose_again(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.app}/l/briz-svo-c")
    visitor = Visitor(page)
    visitor.fills_form()
    visitor.orders()
    order = page.url
    visitor.goes_to_payment()
    PaymentPage(page).refuses()
    expect(visitor.sees("fail")).to_contain_text("Деньги не списаны")

    page.goto(f"{order}&result=canceled")
    visitor.sees("fail").get_by_role("button", name="Выбрать снова").click()

    visitor.sees("lounge")
    expect(page.locator("[name=contact_email]")).to_have_value("vera@zarechnaya.example")
    page.goto(order)
    expect(visitor.sees("fail")).to_contain_text("Заказ отменён")
