"""A host of our own, on another origin: says what it is told, keeps what it hears.

A real server answers the page: a browser lets none that it was merely handed frame this machine.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from playwright.sync_api import Frame, Page, Route, expect

from tests.journeys.roles import Traveller

ID = "pg-51"
Message: TypeAlias = dict[str, Any]

_PAGE = """<!doctype html><html lang="ru"><title>host</title><script>
  const heard = [];
  const times = [];
  const answers = [];
  let growing = 0;
  addEventListener("message", ({data, source, origin}) => {
    heard.push(data);
    times.push(Date.now());
    const frame = document.querySelector("#app");
    if (data.action === "height") frame.height = data.data + growing;
    if (data.action === "init") for (const answer of answers) source.postMessage(answer, origin);
  });
  const open = (src) => {
    const frame = document.createElement("iframe");
    const shape = {width: document.body.dataset.width || "340", height: "287", scrolling: "no"};
    Object.assign(frame, {id: "app", name: "app", src}, shape);
    document.body.append(frame);
  };
  const say = (message) => document.querySelector("#app").contentWindow.postMessage(message, "*");
</script><body></body></html>"""


_BRIDGE = """
  window.posted = [];
  window.say = (message) => {
    const data = asText ? JSON.stringify(message) : message;
    if (onDocument) document.dispatchEvent(new MessageEvent("message", {data}));
    else window.postMessage(data, "*");
  };
  window.ReactNativeWebView = {
    postMessage: (text) => {
      posted.push(text);
      if (JSON.parse(text).action === "init") for (const answer of answers) say(answer);
    },
  };
"""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(_PAGE.encode())

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[int]:
    """The port on which the page is served, under every name of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def ticket(*segments: Message) -> list[Message]:
    """Metadata with flights, as a carrier writes them."""
    flights = [
        {
            "@type": "FlightReservation",
            "underName": {"@type": "Person", "name": "Ольга Тестова"},
            "reservationFor": one,
        }
        for one in segments
    ]
    return [{"@type": "ReservationPackage", "subReservation": flights}]


def flight(origin: str, destination: str, **changes: Any) -> Message:
    """A flight in the summer of a year that is far enough."""
    return {
        "@type": "Flight",
        "flightNumber": "ZZ417",
        "departureAirport": {"@type": "Airport", "name": origin, "iataCode": origin},
        "departureTime": "2099-06-20T14:05:00+03:00",
        "arrivalAirport": {"@type": "Airport", "name": destination, "iataCode": destination},
        "arrivalTime": "2099-06-20T15:20:00+03:00",
    } | changes


def init(metadata: object = None, action: str = "init", **public: object) -> Message:
    """What a payment page answers (mini-app protocol, section 15)."""
    told = {
        "minappType": "suborder",
        "orderContainerId": "0192c0de-0000-7000-8000-00000000c001",
        "shopId": 4821,
        "userEmail": "buh@severny-veter.example",
        "userName": "Ольга Тестова",
        "userPhone": "+79000000017",
        "fullHeight": False,
        "locale": "ru",
    }
    served = ticket(flight("SVO", "LED", departureTerminal="C"))
    private = {"metaData": served if metadata is None else metadata, "basketItems": []}
    return {"id": ID, "action": action, "data": {"public": told | public, "private": private}}


@dataclass
class OwnHost:
    """The page with the frame in it; says objects, or the same as strings."""

    page: Page
    app: str
    address: str
    as_text: bool = False

    def open(
        self,
        *answers: Message,
        path: str = "/",
        growing: int = 0,
        above: int = 0,
        width: int = 340,
    ) -> Traveller:
        """Open a page of the mini-app; every ``init`` is answered at once with ``answers``.

        The frame is made ``growing`` pixels higher than asked for, stands below so many others
        and is so wide.
        """
        self.page.goto(self.address)
        self.page.evaluate(
            """([found, more, above, width]) => {
              answers.push(...found);
              growing = more;
              document.body.style.paddingTop = `${above}px`;
              document.body.dataset.width = width;
            }""",
            [[self._put(one) for one in answers], growing, above, width],
        )
        self.page.evaluate("open", f"{self.app}{path}?id={ID}")
        return Traveller(self.page.frame_locator("#app"))

    @property
    def frame(self) -> Frame:
        found = self.page.frame("app")
        assert found
        return found

    def say(self, message: object) -> None:
        self.page.evaluate("say", self._put(message))

    def _put(self, message: object) -> object:
        return as_text(message) if self.as_text else message

    def says(self, expression: str) -> None:
        """Say what only a script can write: a ring, a huge text."""
        self.page.evaluate(f"say({expression})")

    def heard(self, action: str | None = None) -> list[Message]:
        """What the mini-app has said until now; everything sent before is in it."""
        self.settled()
        said: list[Message] = self.page.evaluate("heard.filter(one => one.action !== 'mark')")
        return [one for one in said if action in (None, one["action"])]

    def settled(self) -> None:
        """Wait until the frame has drawn itself twice and its messages have arrived."""
        seen = self.page.evaluate("heard.filter(one => one.action === 'mark').length")
        self.frame.evaluate(
            """() => new Promise((done) => {
              const mark = () => { parent.postMessage({action: "mark"}, "*"); done(); };
              requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(mark)));
            })"""
        )
        self.page.wait_for_function(
            "(seen) => heard.filter(one => one.action === 'mark').length > seen", arg=seen
        )

    def hears(self, action: str, count: int = 1) -> list[Message]:
        """Wait for so many messages of a kind."""
        self.page.wait_for_function(
            "([action, count]) => heard.filter(one => one.action === action).length >= count",
            arg=[action, count],
        )
        return self.heard(action)


@dataclass
class WebView:
    """An app around the mini-app's page: hears strings, says strings or objects."""

    page: Page
    app: str
    as_text: bool = False
    on_document: bool = False

    def open(self, *answers: Message, path: str = "/") -> Traveller:
        """Open a page of the mini-app; every ``init`` is answered at once with ``answers``."""
        self.page.add_init_script(
            f"const answers = {json.dumps(answers)}, asText = {json.dumps(self.as_text)},"
            f" onDocument = {json.dumps(self.on_document)}; {_BRIDGE}"
        )
        self.page.goto(f"{self.app}{path}?id={ID}")
        return Traveller(self.page)

    def say(self, message: object) -> None:
        self.page.evaluate("say", message)

    def heard(self, action: str | None = None) -> list[Message]:
        """What the mini-app has said until now, each in one string of JSON."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        said = [json.loads(text) for text in self.page.evaluate("posted")]
        return [one for one in said if action in (None, one["action"])]

    def hears(self, action: str, count: int = 1) -> list[Message]:
        """Wait for so many messages of a kind."""
        self.page.wait_for_function(
            """([action, count]) => {
              const heard = posted.map((text) => JSON.parse(text));
              return heard.filter((one) => one.action === action).length >= count;
            }""",
            arg=[action, count],
        )
        return self.heard(action)


def as_text(message: object) -> str:
    """A message as a host of strings sends it."""
    return json.dumps(message, ensure_ascii=False)


def screen(traveller: Traveller, name: str, within: float = 5000) -> None:
    """Wait until the frame shows a screen, at most so many milliseconds."""
    main = traveller.place.locator("main")
    expect(main).to_have_attribute("data-screen", name, timeout=within)


def holding(page: Page, what: str | re.Pattern[str] = "**/suggestion*") -> list[Route]:
    """The requests for something, kept back until the test lets them go."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(what, hold)
    return held
