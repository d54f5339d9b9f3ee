"""Our side of the talk with the host window (mini-app protocol), in a real browser."""

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.host_page import (
    ID,
    OwnHost,
    as_text,
    flight,
    init,
    screen,
    serving,
    ticket,
)
from tests.journeys.roles import Traveller
from tests.journeys.stage import Stage
from tests.sandbox.conftest import open_airline

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where pages of other hosts are served."""
    with serving() as port:
        yield port


@pytest.fixture
def own_host(page: Page, stage: Stage, port: int) -> Iterator[OwnHost]:
    """A host of ours; no script may fail in its window or in the frame."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield OwnHost(page, stage.app, f"http://localhost:{port}/")
    assert faults == []


@pytest.fixture
def suggestions_asked(page: Page) -> list[str]:
    """The tickets that were sent to our server."""
    asked: list[str] = []
    page.on(
        "request",
        lambda one: asked.append(one.post_data or "") if "/suggestion" in one.url else None,
    )
    return asked


def holding(page: Page) -> list[Route]:
    """The requests for a suggestion, kept back until the test lets them go."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/suggestion*", hold)
    return held


# --- the handshake ------------------------------------------------------------------------------


def test_host_that_answers_at_once_is_called_once(own_host: OwnHost) -> None:
    own_host.page.clock.install()
    traveller = own_host.open(init())

    expect(traveller.suggestions).to_have_count(1)
    own_host.page.clock.run_for(5000)

    assert own_host.heard("init") == [{"id": ID, "action": "init", "version": 2}]


def test_host_is_called_every_half_second_until_it_answers(own_host: OwnHost) -> None:
    clock = own_host.page.clock
    clock.install()
    traveller = own_host.open()
    own_host.hears("init", 1)
    for count in (2, 3, 4):
        clock.run_for(500)
        assert len(own_host.hears("init", count)) == count

    own_host.say(init())
    expect(traveller.suggestions).to_have_count(1)
    clock.run_for(5000)

    assert len(own_host.heard("init")) == 4


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
    assert len(own_host.hears("init", called + 1)) == called + 1
    own_host.say(init())
    clock.run_for(20_000)
    expect(notice).to_be_hidden()


def test_page_of_a_stranger_cannot_frame_us(page: Page, stage: Stage, port: int) -> None:
    stranger = OwnHost(page, stage.app, f"http://stranger.localhost:{port}/")

    with page.expect_console_message(lambda line: "frame-ancestors" in line.text):
        stranger.open(init())

    assert page.evaluate("heard") == []


# --- who is believed ----------------------------------------------------------------------------

NOISE = {
    "another id": {**init(), "id": "pg-52"},
    "a number for an id": {**init(), "id": 51},
    "no id": {key: value for key, value in init().items() if key != "id"},
    "an unknown action": {**init(), "action": "constructor"},
    "an action of the prototype": {**init(), "action": "__proto__"},
    "an id in the prototype": json.dumps({"__proto__": init()}),
    "words": "webpackHotUpdate",
    "broken JSON": as_text(init())[:-1],
    "JSON that is no object": "[1, 2, null]",
    "a number": 7,
    "nothing": None,
    "a list": [init()],
    "an answer without data": {"id": ID, "action": "init"},
    "an answer of null": {"id": ID, "action": "init", "data": None},
    "an answer of a number": {"id": ID, "action": "init", "data": 7},
    "an update before the answer": init(action="updateData"),
}


def test_noise_is_not_heard(own_host: OwnHost, suggestions_asked: list[str]) -> None:
    own_host.page.clock.install()
    traveller = own_host.open()
    own_host.hears("init")
    for noise in NOISE.values():
        own_host.say(noise)
    own_host.says("(() => { const ring = {id: 'pg-51'}; ring.action = ring; return ring; })()")
    own_host.says("'x'.repeat(1e6)")
    called = len(own_host.heard("init"))

    own_host.page.clock.run_for(500)

    assert len(own_host.hears("init", called + 1)) == called + 1
    assert suggestions_asked == []
    assert {one["action"] for one in own_host.heard()} == {"init", "height"}
    own_host.say(init())
    expect(traveller.suggestions).to_have_count(1)


def test_right_words_from_a_wrong_window_or_origin_are_not_heard(
    own_host: OwnHost, suggestions_asked: list[str]
) -> None:
    own_host.page.clock.install()
    own_host.open()
    own_host.hears("init")
    own_host.page.evaluate(
        """(message) => {
          const second = document.createElement("iframe");
          document.body.append(second);
          second.contentWindow.eval(
            `parent.frames.app.postMessage(${JSON.stringify(message)}, "*")`);
        }""",
        init(),
    )
    own_host.frame.evaluate(
        """([message, origins]) => {
          const tell = (source, origin) =>
            dispatchEvent(new MessageEvent("message", {data: message, origin, source}));
          for (const origin of origins) tell(parent, origin);
          tell(window, location.origin);
          postMessage(message, "*");
        }""",
        [init(), ["http://127.0.0.1:1", "https://localhost:9", "http://localhost.example", "null"]],
    )
    called = len(own_host.heard("init"))

    own_host.page.clock.run_for(500)

    assert len(own_host.hears("init", called + 1)) == called + 1
    assert suggestions_asked == []


def test_message_may_be_a_string_of_json(own_host: OwnHost) -> None:
    traveller = own_host.open()
    own_host.hears("init")

    own_host.say(as_text(init()))

    expect(traveller.suggestions).to_have_count(1)


TICKETS_OF_NO_USE = {
    "of a megabyte": "[{name: 'x'.repeat(1e6)}]",
    "in a ring": "(() => { const ring = []; ring.push({ring}); return ring; })()",
    "with a number too big for JSON": "[{name: 1n}]",
    "deeper than any ticket": """(() => {
      let deep = []; for (let n = 0; n < 1000; n++) deep = [deep]; return [deep];
    })()""",
    "of a number": "7",
    "of nothing": "null",
    "of things we do not know": "[{a: 1}, new Date(0), new Map(), 'text']",
}


@pytest.mark.parametrize("metadata", TICKETS_OF_NO_USE.values(), ids=TICKETS_OF_NO_USE)
def test_ticket_of_no_use_leaves_the_search(own_host: OwnHost, metadata: str) -> None:
    traveller = own_host.open()
    own_host.hears("init")

    told = json.dumps(init()["data"]["public"])
    data = f"{{public: {told}, private: {{metaData: {metadata}}}}}"
    own_host.says(f"{{id: '{ID}', action: 'init', data: {data}}}")

    screen(traveller, "where")
    expect(traveller.place.locator(".skeleton")).to_be_hidden()
    assert own_host.heard("unavailable") == []


def test_documents_and_fares_of_the_ticket_stay_in_the_browser(
    own_host: OwnHost, suggestions_asked: list[str]
) -> None:
    rich = flight("SVO", "LED", fare="12400.00", passport="4500 123456")
    traveller = own_host.open(init(metadata=ticket(rich), userEmail="olga@private.example"))
    expect(traveller.suggestions).to_have_count(1)

    [sent] = suggestions_asked
    assert "SVO" in sent
    assert not any(secret in sent for secret in ("12400", "123456", "private.example"))


# --- the height ---------------------------------------------------------------------------------


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


def test_host_with_all_the_height_is_told_none(own_host: OwnHost) -> None:
    traveller = own_host.open(init(fullHeight=True))
    expect(traveller.suggestions).to_have_count(1)
    told = len(own_host.heard("height"))

    traveller.takes_first_suggestion()

    assert len(own_host.heard("height")) == told <= 1


def test_frame_that_grows_with_its_content_comes_to_rest(own_host: OwnHost) -> None:
    traveller = own_host.open(init(), growing=20)
    expect(traveller.suggestions).to_have_count(1)
    own_host.frame.evaluate("document.getElementById('app').style.minHeight = '100vh'")

    told, quiet = 0, 0
    while quiet < 10 and told < 200:
        before, told = told, len(own_host.heard("height"))
        quiet = quiet + 1 if told == before else 0

    assert 10 < told < 60


# --- what the host is told ----------------------------------------------------------------------


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


def test_ticket_with_nothing_served_on_it_is_told_to_the_host(own_host: OwnHost) -> None:
    own_host.open(init(metadata=NOT_SERVED))

    assert own_host.hears("unavailable") == [{"id": ID, "action": "unavailable", "data": None}]


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


def test_english_host_without_a_ticket_gets_english(own_host: OwnHost) -> None:
    traveller = own_host.open(init(metadata=[], locale="en", minappType="order"))

    expect(traveller.place.get_by_role("heading", level=1)).to_have_text(
        "Where do you need a business lounge?"
    )
    expect(traveller.place.locator("html")).to_have_attribute("lang", "en")


# --- the WebView --------------------------------------------------------------------------------

WEBVIEW = """() => {
  window.posted = [];
  window.ReactNativeWebView = {postMessage: (text) => posted.push(text)};
}"""


def in_webview(page: Page, stage: Stage) -> Traveller:
    page.add_init_script(f"({WEBVIEW})()")
    page.clock.install()
    page.goto(f"{stage.app}/?id=rn-9")
    return Traveller(page)


ANSWERS_INTO_A_WEBVIEW = {
    "on the window": "(message) => postMessage(message, '*')",
    "on the document, as text": """(message) => document.dispatchEvent(
      new MessageEvent("message", {data: JSON.stringify(message)}))""",
}


@pytest.mark.parametrize("answer", ANSWERS_INTO_A_WEBVIEW.values(), ids=ANSWERS_INTO_A_WEBVIEW)
def test_in_a_webview_strings_go_out_and_either_kind_comes_in(
    page: Page, stage: Stage, answer: str
) -> None:
    traveller = in_webview(page, stage)
    posted = [json.loads(text) for text in page.evaluate("posted")]
    assert posted == [{"id": "rn-9", "action": "init", "version": 2}]

    told = {**init(fullHeight=True, minappType="order"), "id": "rn-9"}
    page.evaluate(answer, told)

    expect(traveller.suggestions).to_have_count(1)
    page.clock.run_for(5000)
    assert len(page.evaluate("posted")) == 1


def test_page_of_another_origin_does_not_speak_to_a_webview(page: Page, stage: Stage) -> None:
    in_webview(page, stage)
    page.evaluate(
        """(message) => dispatchEvent(
          new MessageEvent("message", {data: message, origin: "https://pay.invoicebox.ru"}))""",
        {**init(), "id": "rn-9"},
    )

    page.clock.run_for(500)

    assert len(page.evaluate("posted")) == 2
