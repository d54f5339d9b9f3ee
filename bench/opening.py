"""One opening of a mini-app in a host's frame, with an empty cache, measured from outside.

The frame shares the process of its host (site isolation is switched off), so that one DevTools
session counts and slows down both; the sites differ as in life.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Frame, Page, sync_playwright

import dev
from bench.anchors import PAGES
from miniapp.sandbox import tickets

TICKET = "air-one-way-business"
_ARGUMENTS = [
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process",
]
# Mobile: 1.6 Mbit/s down, 0.75 up, 150 ms for each request, a processor four times slower.
_NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
_SLOWER = 4
_PHONE: dict[str, Any] = {
    "viewport": {"width": 412, "height": 823},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
_DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
_PATIENCE = 15_000
# After what was waited for, until nothing more is expected to move, ms.
_SETTLED = 500


@dataclass(frozen=True)
class Case:
    """What is opened, and how; ``delay`` is how long the host takes to answer, ms."""

    ours: bool
    mobile: bool
    delay: int = 0
    step: bool = False


@dataclass
class Traffic:
    """What the frame asked of the network."""

    kinds: dict[str, str] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def bytes(self, *kinds: str) -> int:
        """Bytes on the wire, headers included; of some kinds only, when they are named."""
        return sum(
            size for name, size in self.sizes.items() if not kinds or self.kinds[name] in kinds
        )


@dataclass(frozen=True)
class Opening:
    """What one opening showed; moments and spans are milliseconds, 0 where nothing happened."""

    usable: float
    traffic: Traffic
    suggested: float
    post: float
    height_after_usable: float
    heights: int
    shift: float
    blocked: float
    step: float
    step_traffic: Traffic
    step_heights: int


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, driven as the tests do."""
    executable = dev.find_browser()
    if executable is None:
        raise SystemExit(f"No browser. On Debian, as root:\n  {dev.INSTALL_LINE}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)
        yield chromium
        chromium.close()


def opened(chromium: Browser, case: Case, *, host: str, address: str) -> Opening:
    """Open ``address`` in a frame of the page ``host`` and go as far as the case says."""
    context = chromium.new_context(**(_PHONE if case.mobile else _DESKTOP))
    try:
        context.add_init_script(path=PAGES / "probe.js")
        page = context.new_page()
        page.set_default_timeout(_PATIENCE)
        page.goto(host)
        session = context.new_cdp_session(page)
        traffic = _listen(session)
        if case.mobile:
            session.send("Network.emulateNetworkConditions", _NETWORK)
            session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
        return _measured(page, traffic, case, address)
    finally:
        context.close()


def _measured(page: Page, traffic: Traffic, case: Case, address: str) -> Opening:
    identity = uuid.uuid4().hex
    page.evaluate(
        "opening => insert(opening)",
        {
            "address": f"{address}?id={identity}",
            "id": identity,
            "delay": case.delay,
            "data": _ticket(),
        },
    )
    frame = _frame(page, address)
    frame.wait_for_function("() => window.seen.usable && window.seen.first()")
    # F has its only choice from the beginning, ours has the suggestion when the host has told.
    frame.wait_for_function("() => window.seen.suggested")
    page.wait_for_timeout(_SETTLED)
    first = _copy(traffic)
    load = _seen(page, frame)
    stepped, step_traffic = load, Traffic()
    if case.step:
        frame.locator("a.tap").first.click()
        frame.wait_for_function("() => window.seen.stepped")
        page.wait_for_timeout(_SETTLED)
        stepped, step_traffic = _seen(page, frame), _since(traffic, first)
    return _opening(load, stepped, first, step_traffic)


def _opening(
    load: dict[str, Any], stepped: dict[str, Any], first: Traffic, step: Traffic
) -> Opening:
    inside, host = load["inside"], load["host"]
    usable = max(inside["usable"], load["painted"])
    answered = host["answered"]
    return Opening(
        usable=usable - host["inserted"],
        traffic=first,
        suggested=inside["suggested"] - answered if answered else 0.0,
        post=inside["posts"][0] if inside["posts"] else 0.0,
        height_after_usable=host["heights"][0] - usable if host["heights"] else 0.0,
        heights=_heights(load),
        shift=inside["shift"],
        blocked=sum(max(0.0, span - 50) for span in inside["long"]),
        step=stepped["inside"]["stepped"] - stepped["inside"]["tapped"],
        step_traffic=step,
        step_heights=_heights(stepped) - _heights(load),
    )


def typed(chromium: Browser, address: str, text: str) -> Traffic:
    """What it costs to type ``text`` into the search of a page that is open already."""
    context = chromium.new_context(**_DESKTOP)
    try:
        page = context.new_page()
        page.goto(address)
        traffic = _listen(context.new_cdp_session(page))
        with page.expect_response("**/places/found*") as answer:
            page.locator("#q").press_sequentially(text)
        answer.value.finished()
        page.wait_for_timeout(_SETTLED)
        return traffic
    finally:
        context.close()


def _heights(seen: dict[str, Any]) -> int:
    return sum(message["action"] == "height" for message in seen["host"]["messages"])


def _seen(page: Page, frame: Frame) -> dict[str, Any]:
    return {
        "host": page.evaluate("() => window.seen"),
        "inside": frame.evaluate("() => window.seen"),
        "painted": frame.evaluate("() => window.seen.first()"),
    }


def _frame(page: Page, address: str) -> Frame:
    origin = "{0.scheme}://{0.netloc}/".format(urlsplit(address))
    for _ in range(200):
        for frame in page.frames[1:]:
            if frame.url.startswith(origin):
                return frame
        page.wait_for_timeout(25)
    raise RuntimeError(f"{address} did not open in a frame")


def _ticket() -> dict[str, Any]:
    ticket = tickets.load(TICKET, now=datetime.now(UTC))
    assert ticket is not None, TICKET  # noqa: S101  it is the demo's own
    ticket["public"]["orderContainerId"] = str(uuid.uuid4())
    return ticket


def _listen(session: CDPSession) -> Traffic:
    """Everything that is asked for from now on."""
    traffic = Traffic()

    def asked(event: dict[str, Any]) -> None:
        name = event["requestId"]
        if event["request"]["url"].startswith("data:"):
            return
        traffic.kinds[name] = event.get("type", "Other")
        traffic.hosts[name] = urlsplit(event["request"]["url"]).netloc

    def arrived(event: dict[str, Any]) -> None:
        if event["requestId"] in traffic.kinds:
            traffic.sizes[event["requestId"]] = int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", arrived)
    session.on("Network.loadingFailed", lambda event: traffic.failed.append(event["requestId"]))
    session.send("Network.enable")
    return traffic


def _copy(traffic: Traffic) -> Traffic:
    return Traffic(dict(traffic.kinds), dict(traffic.hosts), dict(traffic.sizes), [*traffic.failed])


def _since(traffic: Traffic, before: Traffic) -> Traffic:
    def new(values: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if name not in old}

    return Traffic(
        new(traffic.kinds, before.kinds),
        new(traffic.hosts, before.hosts),
        new(traffic.sizes, before.sizes),
        traffic.failed[len(before.failed) :],
    )
