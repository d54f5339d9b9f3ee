"""Who is believed in the talk with the host window, and what leaves the browser."""

import json

import pytest
from playwright.sync_api import expect

from tests.journeys.host_page import ID, OwnHost, as_text, flight, init, screen, ticket

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
