"""The handshake with the host window (mini-app protocol, sections 3 and 4.3), in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.host_page import ID, OwnHost, WebView, holding, init, screen
from tests.journeys.stage import Stage

pytestmark = pytest.mark.journey


def test_host_that_answers_at_once_is_called_no_more(own_host: OwnHost) -> None:
    own_host.page.clock.install()
    traveller = own_host.open(init())

    expect(traveller.suggestions).to_have_count(1)
    called = own_host.heard("init")
    own_host.page.clock.run_for(5000)

    assert called[0] == {"id": ID, "action": "init", "version": 2}
    assert own_host.heard("init") == called


def test_host_is_called_every_half_second_until_it_answers(own_host: OwnHost) -> None:
    clock = own_host.page.clock
    clock.install()
    traveller = own_host.open()
    own_host.hears("init")
    clock.run_for(10_000)
    # Time also passes by itself, a little.
    assert 21 <= len(own_host.hears("init", 21)) <= 30

    own_host.say(init())
    expect(traveller.suggestions).to_have_count(1)
    called = len(own_host.heard("init"))
    clock.run_for(5000)

    assert len(own_host.heard("init")) == called


def test_host_that_answers_every_call_has_its_ticket_asked_about_once(
    own_host: OwnHost, suggestions_asked: list[str]
) -> None:
    traveller = own_host.open(init(), init(), init())
    expect(traveller.suggestions).to_have_count(1)
    own_host.settled()

    assert len(suggestions_asked) == 1


def test_late_answer_gives_way_to_the_suggestion(own_host: OwnHost) -> None:
    own_host.page.clock.install()
    traveller = own_host.open()
    own_host.hears("init")
    expect(traveller.place.get_by_role("searchbox")).to_be_enabled()
    own_host.page.clock.run_for(600)
    screen(traveller, "where", within=1000)
    own_host.page.clock.run_for(1400)

    own_host.say(init())

    expect(traveller.suggestions).to_have_count(1)


def test_late_answer_takes_nothing_from_who_has_begun(
    own_host: OwnHost, suggestions_asked: list[str]
) -> None:
    own_host.page.clock.install()
    traveller = own_host.open()
    own_host.hears("init")
    own_host.page.clock.run_for(2000)
    search = traveller.place.get_by_role("searchbox")
    search.press_sequentially("каза")

    own_host.say(init())
    own_host.page.clock.run_for(1000)

    expect(traveller.place.locator("#found").get_by_text("Казань").first).to_be_visible()
    expect(search).to_have_value("каза")
    expect(search).to_be_focused()
    assert suggestions_asked == []


def test_suggestion_under_way_takes_nothing_from_who_has_begun(
    own_host: OwnHost, page: Page
) -> None:
    held = holding(page)
    traveller = own_host.open()
    own_host.hears("init")
    search = traveller.place.get_by_role("searchbox")
    with page.expect_request("**/suggestion*"):
        own_host.say(init())
    search.press_sequentially("каза")

    with page.expect_response("**/suggestion*"):
        held[0].continue_()

    expect(traveller.place.locator("#found").get_by_text("Казань").first).to_be_visible()
    expect(search).to_have_value("каза")
    expect(search).to_be_focused()
    screen(traveller, "where")


def test_search_under_way_takes_no_screen_from_a_later_tap(own_host: OwnHost, page: Page) -> None:
    traveller = own_host.open(init())
    expect(traveller.suggestions).to_have_count(1)
    search = traveller.place.get_by_role("searchbox")
    search.press_sequentially("каза")
    found = traveller.place.locator("#found a").first
    expect(found).to_be_visible()
    held = holding(page, re.compile(r"/places(\?|/(?!found))"))
    with page.expect_request("**/places?*"):
        search.press("Enter")
    with page.expect_request(re.compile("/places/(?!found)")):
        found.click()

    for route in held:
        route.continue_()
        page.wait_for_timeout(300)

    traveller.sees("lounges")


def test_silent_host_gets_a_notice_and_another_call(own_host: OwnHost) -> None:
    clock = own_host.page.clock
    clock.install()
    traveller = own_host.open()
    notice = traveller.place.get_by_text("Платёжная страница не отвечает")
    own_host.hears("init")
    clock.run_for(13_000)
    expect(notice).to_be_hidden()
    clock.run_for(3000)
    expect(notice).to_be_visible()
    expect(traveller.place.get_by_role("searchbox")).to_be_enabled()
    called = len(own_host.heard("init"))
    clock.run_for(5000)
    assert len(own_host.heard("init")) == called
    assert own_host.heard("error") == []

    traveller.place.get_by_role("button", name="Подключиться").click()

    expect(notice).to_be_hidden()
    own_host.hears("init", called + 1)
    own_host.say(init())
    clock.run_for(20_000)
    expect(notice).to_be_hidden()


def test_page_of_a_stranger_cannot_frame_us(page: Page, stage: Stage, port: int) -> None:
    stranger = OwnHost(page, stage.app, f"http://stranger.localhost:{port}/")

    with page.expect_console_message(lambda line: "frame-ancestors" in line.text):
        stranger.open(init())

    assert page.evaluate("heard") == []


def test_page_of_another_origin_does_not_speak_to_a_web_view(page: Page, stage: Stage) -> None:
    page.clock.install()
    webview = WebView(page, stage.app)
    webview.open()
    webview.hears("init")
    page.evaluate(
        """(message) => dispatchEvent(
          new MessageEvent("message", {data: message, origin: "https://pay.invoicebox.ru"}))""",
        init(),
    )
    called = len(webview.heard("init"))

    page.clock.run_for(500)

    assert len(webview.heard("init")) > called
