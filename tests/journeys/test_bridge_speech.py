"""What the host window is told of orders and links, and what its news change."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.host_page import ID, OwnHost, flight, holding, init, ticket
from tests.journeys.stage import Stage
from tests.sandbox.conftest import open_airline

pytestmark = pytest.mark.journey


def test_added_order_is_told_once_and_outside_links_are_the_hosts_to_open(
    own_host: OwnHost, stage: Stage
) -> None:
    container = open_airline(stage.sandbox)
    traveller = own_host.open(init(orderContainerId=container))
    traveller.reaches_confirmation()
    traveller.place.get_by_role("link", name="условия оферты").click()
    assert own_host.hears("link") == [
        {"id": ID, "action": "link", "data": f"{stage.app}/terms/briz/offer?lang=ru"}
    ]
    traveller.sees("confirm")
    page_of_order = (
        traveller.place.locator("form")
        .first.evaluate("form => form.action")
        .replace("/confirm?", "?")
    )
    traveller.agrees()
    traveller.final_button.click()
    told = own_host.hears("done")
    assert told == [{"id": ID, "action": "done", "data": f"{stage.sandbox}/order/{container}"}]

    for _ in range(3):
        own_host.frame.evaluate(
            "(page) => htmx.ajax('GET', page, {target: '#screen', swap: 'outerHTML'})",
            page_of_order,
        )

    traveller.sees("paying")
    assert own_host.heard("done") == told
    assert own_host.heard("error") == own_host.heard("unavailable") == []


NOT_SERVED = ticket(flight("DME", "VKO"))


def test_who_has_begun_to_choose_is_not_sent_away(own_host: OwnHost, page: Page) -> None:
    held = holding(page)
    traveller = own_host.open()
    own_host.hears("init")
    with page.expect_request("**/suggestion*"):
        own_host.say(init(metadata=NOT_SERVED))
    traveller.place.get_by_role("searchbox").press_sequentially("каза")
    with page.expect_response("**/suggestion*"):
        held[0].continue_()

    expect(traveller.place.locator("#found").get_by_text("Казань").first).to_be_visible()
    assert own_host.heard("unavailable") == []


def test_changed_contacts_refresh_what_nobody_has_touched(own_host: OwnHost) -> None:
    traveller = own_host.open(init())
    traveller.takes_first_suggestion()
    traveller.place.locator("[name=contact_email]").fill("mine@firm.example")

    own_host.say(
        init(action="updateData", userEmail="theirs@firm.example", userPhone="+79000000099")
    )

    expect(traveller.place.locator("[name=contact_phone]")).to_have_value("+79000000099")
    expect(traveller.place.locator("[name=contact_email]")).to_have_value("mine@firm.example")
    assert traveller.form()["guest_name"] == ["Ольга Тестова"]


def test_refused_form_is_read_at_once_and_said_to_be_no_silence(own_host: OwnHost) -> None:
    traveller = own_host.open(init())
    traveller.takes_first_suggestion()
    traveller.place.locator("[name=contact_email]").fill("nobody")

    traveller.goes_on()

    expect(traveller.place.get_by_text("Проверьте отмеченные поля")).to_be_focused()
    expect(traveller.place.locator("#trouble")).to_be_hidden()
    expect(traveller.place.locator("[name=contact_email]")).to_have_value("nobody")


def test_dead_network_is_told_and_the_form_stays(own_host: OwnHost, page: Page) -> None:
    traveller = own_host.open(init())
    traveller.takes_first_suggestion()
    page.route("**/l/**", lambda route: route.abort())

    traveller.goes_on()

    expect(traveller.place.locator("#trouble")).to_be_focused()
    assert traveller.form()["contact_email"] == ["buh@severny-veter.example"]
    page.unroute("**/l/**")
    traveller.goes_on()
    traveller.sees("confirm")
    expect(traveller.place.get_by_text("Ответа нет")).to_be_hidden()


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/", "Where do you need a business lounge?"),
        ("/places/SVO", "Sheremetyevo, Moscow"),
        ("/l/briz-svo-c", "Briz, Terminal C"),
    ],
)
def test_english_host_without_a_ticket_gets_english(
    own_host: OwnHost, path: str, heading: str
) -> None:
    told = init(metadata=[], locale="en", minappType="order", shopId="")

    traveller = own_host.open(told, path=path)

    expect(traveller.place.get_by_role("heading", level=1)).to_have_text(heading)
    expect(traveller.place.locator("html")).to_have_attribute("lang", "en")
