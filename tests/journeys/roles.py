"""Who takes part in a journey, each with the verbs of that role."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.request import urlopen

from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

_PATIENCE_SECONDS = 15.0
# A host that gives all its height is not told ours.
Found = TypeVar("Found")


def eventually(look: Callable[[], Found | None]) -> Found:
    """What ``look`` finds as soon as it finds something; for what no page tells."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        if (found := look()) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


def _json(address: str) -> Any:
    with urlopen(address, timeout=10) as answer:
        return json.load(answer)


@dataclass
class Host:
    """A carrier's payment page before the buyer, and what the provider has written down."""

    page: Page
    sandbox: str
    carrier: str = "airline"

    def open(self, ticket: str = "air-one-way-business", **query: str) -> "Traveller":
        """Open the page of a ticket and its service card; the mini-app loads in the frame."""
        asked = "".join(f"&{name}={value}" for name, value in query.items())
        self.page.goto(f"{self.sandbox}/{self.carrier}?ticket={ticket}{asked}")
        self.page.get_by_test_id("service-lounge").click()
        return Traveller(self.page.frame_locator("[data-testid=miniapp-frame]"))

    @property
    def container(self) -> str:
        found = re.search(r"/hosts/([0-9a-f-]+)\.json", self.page.content())
        assert found
        return found[1]

    @property
    def frame(self) -> Locator:
        return self.page.get_by_test_id("miniapp-frame")

    @property
    def card(self) -> Locator:
        return self.page.get_by_test_id("service-lounge")

    @property
    def notice(self) -> Locator:
        return self.page.get_by_test_id("notice")

    def total(self) -> int:
        """What is to be paid, in whole roubles."""
        return roubles(self.page.get_by_test_id("total").inner_text())

    def pay(self) -> None:
        self.page.get_by_test_id("pay").click()
        expect(self.page.get_by_test_id("paid")).to_be_visible()

    def messages(self, container: str) -> list[str]:
        """What the mini-app said to the page, in order."""
        return [
            entry["message"]["action"]
            for entry in reversed(self._log("message"))
            if entry["container"] == container and entry["direction"] == "in"
        ]

    def orders_created(self, container: str | None) -> list[dict[str, Any]]:
        """The orders the provider was asked to create in a container, or in none."""
        return [
            entry
            for entry in self._log("api")
            if entry["request"]["method"] == "POST"
            and entry["request"]["path"].endswith("/billing/api/order/order")
            and entry["request"]["body"].get("orderContainerId") == container
        ]

    def notified(self, order_id: str) -> dict[str, Any]:
        """The notification of an order, as soon as it was answered."""
        return eventually(
            lambda: next(
                (entry for entry in self._log("notification") if entry["orderId"] == order_id),
                None,
            )
        )

    def _log(self, kind: str) -> list[dict[str, Any]]:
        return [e for e in _json(f"{self.sandbox}/log.json") if e["kind"] == kind]


@dataclass
class Traveller:
    """Who wants a lounge: in the mini-app's frame, or on its pages opened directly."""

    place: FrameLocator | Page

    def sees(self, screen: str) -> Locator:
        """Wait for a screen; give its ``main``."""
        main = self.place.locator(f"main[data-screen={screen}]")
        expect(main).to_be_visible()
        return main

    @property
    def suggestions(self) -> Locator:
        return self.place.locator("section.point")

    def takes(self, suggestion: Locator) -> None:
        expect(suggestion).to_be_visible()
        self.sees("where")
        suggestion.locator("a.card").click()
        self.sees("lounge")

    def takes_first_suggestion(self) -> None:
        self.takes(self.suggestions.first)

    def form(self) -> dict[str, list[str]]:
        """The values of the lounge's form, by name."""
        pairs: list[list[str]] = self.place.locator("#visit").evaluate("f => [...new FormData(f)]")
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        return values

    def goes_on(self) -> None:
        self.place.locator("#visit button.main").click()

    def agrees(self) -> None:
        for name in ("consent_offer", "consent_personal_data"):
            self.place.locator(f"[name={name}]").check()

    @property
    def final_button(self) -> Locator:
        return self.place.locator("main[data-screen=confirm] button.main")

    def reaches_confirmation(self) -> None:
        """From the ticket's first suggestion, with everything taken as it is offered."""
        self.takes_first_suggestion()
        self.goes_on()
        self.sees("confirm")

    def price(self) -> int:
        """The total of the confirmation, in whole roubles."""
        return roubles(self.place.locator("tfoot .price").inner_text())


@dataclass
class Mailbox:
    """The letters that the sandbox's mail server has caught."""

    sandbox: str

    def letter_with(self, text: str) -> dict[str, Any]:
        """The letter that holds a text, as soon as it is there."""
        return eventually(
            lambda: next(
                (one for one in _json(f"{self.sandbox}/mail.json") if text in one["text"]), None
            )
        )


@dataclass
class Watch:
    """What went wrong in a browser: scripts, policies, refused requests, strange hosts."""

    hosts: tuple[str, ...]
    faults: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._console)
        page.on("requestfailed", lambda one: self.faults.append(f"failed: {one.url}"))
        page.on("response", self._response)
        page.on("request", self._request)

    def _console(self, line: Any) -> None:
        if line.type in {"error", "warning"}:
            self.faults.append(f"console: {line.text}")

    def _response(self, answer: Any) -> None:
        if answer.status >= 400:
            self.faults.append(f"{answer.status}: {answer.url}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith(tuple(f"{host}/" for host in self.hosts)):
            self.faults.append(f"strange host: {request.url}")


def roubles(text: str) -> int:
    """``15 600 ₽`` as a number."""
    return int("".join(filter(str.isdigit, text.partition(",")[0])))


def opened_by(browser: Browser, width: int, height: int, **options: Any) -> Page:
    """A page of a buyer's browser of its own."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="ru-RU", **options
    )
    return context.new_page()
