"""Who is believed in the talk with the host window, and what leaves the browser."""

import json

import pytest
from playwright.sync_api import expect

from tests.journeys.host_page import ID, OwnHost, as_text, flight, init, screen, ticket
from tests.journeys.roles import Traveller

pytestmark = pytest.mark.journey


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

    own_host.hears("init", called + 1)
    assert suggestions_asked == []
    assert {one["action"] for one in own_host.heard()} == {"init", "height"}
    own_host.say(init())
    expect(traveller.suggestions).to_have_count(1)


def told(own_host: OwnHost) -> Traveller:
    """A traveller in a lounge's form that holds what the host has told."""
    traveller = own_host.open(init(metadata=[]), path="/l/briz-svo-c")
    expect(traveller.place.locator("[name=contact_name]")).to_have_value("Ольга Тестова")
    return traveller


HOSTILE_DATA = {
    "a prototype": 'JSON.parse(\'{"__proto__": {"contact_email": "x"}}\')',
    "a constructor": "{public: {constructor: {prototype: {touched: 1}}}}",
    "public data of text": "{public: 'x', private: 'x'}",
    "names of no text": "{public: {userName: {}, userEmail: [], userPhone: null, locale: 7n}}",
    "names of a megabyte": "{public: {userName: {x: 'x'.repeat(1e6)}, shopId: ['1']}}",
    "a deep nest": """(() => {
      let deep = {}; for (let n = 0; n < 1000; n++) deep = {deep}; return {public: deep};
    })()""",
}


@pytest.mark.parametrize("action", ["init", "updateData"])
def test_hostile_news_change_nothing_that_was_typed(own_host: OwnHost, action: str) -> None:
    traveller = told(own_host)
    typed = {
        "guest_name": "Вера Заречная",
        "contact_name": "Вера",
        "contact_email": "vera@zarechnaya.example",
        "contact_phone": "+79001234567",
    }
    for name, value in typed.items():
        traveller.place.locator(f"[name={name}]").fill(value)

    for what, data in HOSTILE_DATA.items():
        own_host.says(f"{{id: '{ID}', action: '{action}', data: {data}}}")
        own_host.settled()

        form = traveller.form()
        assert {name: form[name][0] for name in typed} == typed, what
    assert own_host.frame.evaluate("Object.keys(Object.prototype)") == []
    assert {one["action"] for one in own_host.heard()} <= {"init", "height"}
    traveller.sees("lounge")


def test_text_without_end_is_cut(own_host: OwnHost) -> None:
    traveller = told(own_host)
    data = "{public: {userEmail: 'x'.repeat(1e6), locale: 'x'.repeat(1e6), userName: 'Вера'}}"

    own_host.says(f"{{id: '{ID}', action: 'updateData', data: {data}}}")

    expect(traveller.place.locator("[name=contact_name]")).to_have_value("Вера")
    assert len(traveller.form()["contact_email"][0]) < 300


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

    own_host.hears("init", called + 1)
    assert suggestions_asked == []


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
