"""Whose the height of the frame is, and when the host is told it (mini-app protocol, section 7)."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.host_page import OwnHost, WebView, init
from tests.journeys.roles import Traveller
from tests.journeys.stage import Stage

pytestmark = pytest.mark.journey


def test_height_is_told_once_for_each_screen(own_host: OwnHost) -> None:
    traveller = own_host.open(init())
    expect(traveller.suggestions).to_have_count(1)
    at_load = [one["data"] for one in own_host.heard("height")]
    assert 1 <= len(at_load) <= 2

    traveller.takes_first_suggestion()
    lounge = [one["data"] for one in own_host.heard("height")][len(at_load) :]
    traveller.goes_on()
    traveller.sees("confirm")
    heights = [one["data"] for one in own_host.heard("height")]

    assert len(lounge) == 1
    assert len(heights) == len(at_load) + 2
    assert all(type(height) is int and height > 0 for height in heights)
    assert all(one != other for one, other in pairwise(heights))
    needed = own_host.frame.evaluate("document.documentElement.scrollHeight")
    assert heights[-1] == pytest.approx(needed, abs=1)


TOLD_RIGHT = """(needed) => {
  const told = heard.filter(one => one.action === "height").map(one => one.data);
  return told.at(-1) === needed;
}"""


def needed(own_host: OwnHost) -> int:
    """The height that the content has now."""
    height: int = own_host.frame.evaluate(
        "Math.ceil(document.getElementById('app').getBoundingClientRect().height)"
    )
    return height


@pytest.mark.parametrize("above", [0, 5000], ids=["in sight", "out of sight"])
def test_height_that_changes_by_itself_is_told(own_host: OwnHost, page: Page, above: int) -> None:
    traveller = own_host.open(init(), above=above)
    expect(traveller.suggestions).to_have_count(1)
    page.wait_for_function(TOLD_RIGHT, arg=needed(own_host))

    for change in ("200px", "0"):
        own_host.frame.evaluate(
            "(more) => { document.querySelector('#screen').style.paddingBottom = more; }", change
        )
        page.wait_for_function(TOLD_RIGHT, arg=needed(own_host))

    assert page.evaluate("scrollY") == 0


def test_frame_that_has_no_width_yet_is_told_no_height(own_host: OwnHost, page: Page) -> None:
    traveller = own_host.open(init(), width=0)
    expect(traveller.suggestions).to_have_count(1)
    own_host.settled()
    page.wait_for_timeout(400)
    assert own_host.heard("height") == []

    page.evaluate("document.querySelector('#app').width = 340")

    own_host.hears("height")
    page.wait_for_function(TOLD_RIGHT, arg=needed(own_host))


def test_host_that_began_to_listen_late_is_told_the_height_it_missed(
    own_host: OwnHost, page: Page
) -> None:
    page.clock.install()
    own_host.open()
    own_host.hears("height")
    page.clock.run_for(600)
    own_host.hears("init", 2)
    page.evaluate("heard.length = 0")

    own_host.say(init(metadata=[]))
    page.clock.run_for(300)

    assert [one["data"] for one in own_host.hears("height")] == [needed(own_host)]


def test_frame_that_grows_with_its_content_comes_to_rest(own_host: OwnHost, page: Page) -> None:
    traveller = own_host.open(init(), growing=20)
    expect(traveller.suggestions).to_have_count(1)
    own_host.frame.evaluate("document.getElementById('app').style.minHeight = '100vh'")

    told, quiet = 0, 0
    while quiet < 10 and told < 200:
        before, told = told, len(own_host.heard("height"))
        quiet = quiet + 1 if told == before else 0

    assert 10 < told < 60
    own_host.frame.evaluate("document.getElementById('app').style.minHeight = ''")
    page.wait_for_function(TOLD_RIGHT, arg=needed(own_host))


FULL = {"minappType": "order", "fullHeight": True}


@pytest.mark.parametrize("framed", [True, False], ids=["frame", "web view"])
def test_host_that_gives_its_height_is_told_none_and_we_scroll_inside(
    page: Page, own_host: OwnHost, framed: bool
) -> None:
    host = own_host if framed else WebView(page, own_host.app)
    traveller = host.open(init(metadata=[], **FULL), path="/l/briz-svo-c")
    expect(traveller.place.locator("html")).to_have_class("full")
    if framed:
        page.evaluate("document.querySelector('#app').height = 740")
    told = len(host.heard("height"))
    app = traveller.place.locator("#app")

    assert app.evaluate(
        """(app) => [document.documentElement, document.body, app].every(
          (one) => one.getBoundingClientRect().height === innerHeight)"""
    )
    assert app.evaluate("(app) => app.scrollHeight > app.clientHeight")
    button = traveller.place.locator("button.main")
    expect(button).to_be_in_viewport(ratio=1)
    traveller.place.locator("[name=guest_name]").fill("Вера Заречная")
    expect(traveller.place.locator("[name=guest_name]")).to_be_in_viewport(ratio=1)
    expect(button).to_be_in_viewport(ratio=1)
    assert traveller.place.locator("html").evaluate("(html) => html.scrollTop") == 0

    traveller.goes_on()
    expect(traveller.final_button).to_be_in_viewport(ratio=1)
    expect(traveller.place.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)
    assert len(host.heard("height")) == told <= framed


def test_web_view_that_wants_the_height_is_told_it_once_it_has_said_so(
    page: Page, stage: Stage
) -> None:
    webview = WebView(page, stage.app)
    traveller = webview.open()
    expect(traveller.place.get_by_role("searchbox")).to_be_enabled()
    webview.hears("init", 2)
    assert webview.heard("height") == []

    webview.say(init(metadata=[], fullHeight=False))

    assert webview.hears("height")[0]["data"] > 100


def test_height_is_whose_the_host_said_last(own_host: OwnHost, page: Page) -> None:
    traveller: Traveller = own_host.open(init(metadata=[], **FULL), path="/l/briz-svo-c")
    expect(traveller.place.locator("html")).to_have_class("full")
    page.evaluate("heard.length = 0")

    own_host.say(init(metadata=[], action="updateData", minappType="order", fullHeight=False))

    own_host.hears("height")
    page.wait_for_function(TOLD_RIGHT, arg=needed(own_host))
