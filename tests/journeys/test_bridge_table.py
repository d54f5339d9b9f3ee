"""Every message of the mini-app protocol by every road it can take, as a table.

The names of the tests are its rows. What the mini-app says is recorded once for each host and
version of the protocol; what it hears is told it by each transport anew.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.host_page import ID, Message, OwnHost, WebView, flight, init, ticket
from tests.journeys.roles import Traveller, opened_by
from tests.journeys.stage import Stage
from tests.sandbox.conftest import open_airline

pytestmark = pytest.mark.journey

AnyHost: TypeAlias = OwnHost | WebView

# The hosts of section 1, and what each hears of a purchase in either version of the protocol. A
# host of version 1 lets `checkout` fall and says nothing of the payment.
SAID = {
    ("payment page", 1): ["init", "height", "link", "error", "done"],
    ("payment page", 2): ["init", "height", "link", "error", "done"],
    ("web page", 1): ["init", "height", "link", "error", "checkout", "done"],
    ("web page", 2): ["init", "height", "link", "error", "checkout", "checkout"],
    ("app", 1): ["init", "link", "error", "checkout", "done"],
    ("app", 2): ["init", "link", "error", "checkout", "checkout"],
}
ROWS = [
    pytest.param(kind, version, action, id=f"{kind}, version {version}, {action}")
    for (kind, version), actions in SAID.items()
    for action in dict.fromkeys(actions)
]

Recorded: TypeAlias = Callable[[str, int], list[Message]]


@pytest.fixture(scope="module")
def recorded(browser: Browser, stage: Stage, port: int) -> Iterator[Recorded]:
    """What a host heard while a visit was bought in it."""
    with ExitStack() as pages:

        @cache
        def record(kind: str, version: int) -> list[Message]:
            page = opened_by(browser, 360, 740)
            pages.enter_context(closing(page.context))
            page.set_default_timeout(8_000)
            page.clock.install()
            address = f"http://localhost:{port}/"
            host = WebView(page, stage.app) if kind == "app" else OwnHost(page, stage.app, address)
            if kind == "payment page":
                _adds(host, open_airline(stage.sandbox))
            else:
                _buys(host, version, full_height=kind == "app")
            return host.heard()

        yield record


def _adds(host: AnyHost, container: str) -> None:
    traveller = host.open(init(orderContainerId=container))
    traveller.takes_first_suggestion()
    _confirms(traveller)
    host.hears("done")


def _buys(host: AnyHost, version: int, *, full_height: bool) -> None:
    told = init(metadata=[], minappType="order", fullHeight=full_height)
    traveller = host.open(told, path="/l/briz-svo-c")
    expect(traveller.place.locator("[name=contact_email]")).to_have_value(
        "buh@severny-veter.example"
    )
    traveller.place.locator("[name=guest_name]").fill("Вера Заречная")
    _confirms(traveller)
    host.hears("checkout")
    if version == 2:
        host.say({"id": ID, "action": "paymentResult", "data": "canceled"})
        traveller.sees("fail")
    traveller.place.locator("[data-pay]").click()
    host.page.clock.run_for(3_000)
    host.hears(*("checkout", 2) if version == 2 else ("done", 1))


def _confirms(traveller: Traveller) -> None:
    """To the end, with a look at the terms and one refusal on the way."""
    traveller.goes_on()
    confirm = traveller.sees("confirm")
    confirm.get_by_role("link", name="условия оферты").click()
    confirm.locator("form").evaluate("(form) => { form.noValidate = true; }")
    traveller.final_button.click()
    expect(confirm.get_by_role("alert")).to_be_focused()
    traveller.agrees()
    traveller.final_button.click()
    traveller.sees("paying")


@pytest.mark.parametrize(
    ("kind", "version"), SAID, ids=[f"{kind}, version {version}" for kind, version in SAID]
)
def test_host_hears_of_a_purchase_in_this_order(
    recorded: Recorded, kind: str, version: int
) -> None:
    said = [one["action"] for one in recorded(kind, version)]

    heights = [action for action in said if action == "height"]
    assert bool(heights) is ("height" in SAID[kind, version])
    assert [one for one in said if one != "height"] == [
        one for one in SAID[kind, version] if one != "height"
    ]


@pytest.mark.parametrize(("kind", "version", "action"), ROWS)
def test_mini_app_says(
    recorded: Recorded, stage: Stage, kind: str, version: int, action: str
) -> None:
    said = [one for one in recorded(kind, version) if one["action"] == action]

    assert said
    for message in said:
        envelope = {"id", "action", "version"} if action == "init" else {"id", "action", "data"}
        assert set(message) == envelope
        assert message["id"] == ID
    data = said[0].get("data")
    if action == "init":
        assert said == [{"id": ID, "action": "init", "version": 2}]
    elif action == "height":
        assert all(type(one["data"]) is int and one["data"] > 0 for one in said)
    elif action == "link":
        assert data == f"{stage.app}/terms/briz/offer?lang=ru"
    elif action == "error":
        assert data == "Чтобы продолжить, согласитесь с обоими документами."
    else:
        assert data
        assert data.startswith(f"{stage.sandbox}/order/")
        addresses = {
            one["data"] for one in recorded(kind, version) if one["action"] in {"checkout", "done"}
        }
        assert addresses == {data}


NOT_SERVED = ticket(flight("DME", "VKO"))


@pytest.mark.parametrize("framed", [True, False], ids=["payment page", "web view"])
def test_mini_app_says_unavailable(own_host: OwnHost, framed: bool) -> None:
    host = own_host if framed else WebView(own_host.page, own_host.app)

    host.open(init(metadata=NOT_SERVED))

    assert host.hears("unavailable") == [{"id": ID, "action": "unavailable", "data": None}]


@pytest.mark.parametrize("metadata", [NOT_SERVED, []], ids=["not served", "no ticket"])
def test_order_of_its_own_is_never_unavailable(own_host: OwnHost, metadata: list[Message]) -> None:
    traveller = own_host.open(init(metadata=metadata, minappType="order", shopId=""))

    expect(traveller.place.get_by_role("heading", level=1)).to_be_visible()
    expect(traveller.place.locator(".skeleton")).to_be_hidden()
    own_host.settled()
    assert own_host.heard("unavailable") == []


@pytest.fixture(scope="module")
def order(browser: Browser, stage: Stage) -> str:
    """The path of an order that awaits its money."""
    page = opened_by(browser, 360, 740)
    with closing(page.context):
        page.goto(f"{stage.app}/l/briz-svo-c")
        page.locator("[name=guest_name]").fill("Вера Заречная")
        page.locator("[name=contact_email]").fill("vera@zarechnaya.example")
        traveller = Traveller(page)
        traveller.goes_on()
        traveller.sees("confirm")
        traveller.agrees()
        traveller.final_button.click()
        traveller.sees("paying")
        return page.url.removeprefix(stage.app).partition("?")[0]


# Section 3.2: how a message may come in.
ROADS = {
    "frame, object": ("frame", False),
    "frame, string": ("frame", True),
    "web view, object on the window": ("window", False),
    "web view, string on the window": ("window", True),
    "web view, object on the document": ("document", False),
    "web view, string on the document": ("document", True),
}


@pytest.fixture(params=ROADS.values(), ids=ROADS)
def host(request: pytest.FixtureRequest, page: Page, stage: Stage, port: int) -> AnyHost:
    """A host that speaks by one of the roads."""
    road, as_text = request.param
    if road == "frame":
        return OwnHost(page, stage.app, f"http://localhost:{port}/", as_text=as_text)
    return WebView(page, stage.app, as_text=as_text, on_document=road == "document")


def test_mini_app_hears_init_and_update_data(host: AnyHost) -> None:
    traveller = host.open(init(metadata=[]), path="/l/briz-svo-c")
    email, phone = (
        traveller.place.locator(f"[name=contact_{name}]") for name in ("email", "phone")
    )
    expect(email).to_have_value("buh@severny-veter.example")

    host.say(init(action="updateData", userEmail="new@firm.example", userPhone=""))

    expect(email).to_have_value("new@firm.example")
    expect(phone).to_have_value("")


def test_mini_app_hears_payment_result(host: AnyHost, order: str) -> None:
    traveller = host.open(init(metadata=[], minappType="order"), path=order)
    host.hears("checkout")

    host.say({"id": ID, "action": "paymentResult", "data": "canceled"})

    traveller.sees("fail")
    assert len(host.heard("checkout")) == 1


RESULTS = {
    "completed": "Ждём оплату",
    "paid": "Ждём оплату",
    "pending": "Ждём оплату",
    "hold": "Платёж обрабатывается",
    "canceled": "Оплата не прошла",
    "expired": "Истёк срок оплаты",
    "unknown": "Ждём оплату",
    "refunded": "Ждём оплату",
}


@pytest.mark.parametrize(("result", "heading"), RESULTS.items(), ids=list(RESULTS))
def test_payment_result_chooses_the_words(
    own_host: OwnHost, order: str, result: str, heading: str
) -> None:
    traveller = own_host.open(init(metadata=[], minappType="order"), path=order)
    own_host.hears("checkout")

    own_host.say({"id": ID, "action": "paymentResult", "data": result})

    expect(traveller.place.get_by_role("heading", level=1)).to_have_text(heading)


STRANGE = [
    None,
    7,
    "",
    "x" * 1_000_000,
    "<b>",
    "../../success",
    {"toString": "completed"},
    ["paid"],
]


def test_payment_result_of_no_shape_is_asked_of_our_server(own_host: OwnHost, order: str) -> None:
    traveller = own_host.open(init(metadata=[], minappType="order"), path=order)
    own_host.hears("checkout")
    for strange in STRANGE:
        with own_host.page.expect_response("**/orders/**result=unknown**") as answer:
            own_host.say({"id": ID, "action": "paymentResult", "data": strange})
        assert answer.value.ok

    expect(traveller.place.get_by_role("heading", level=1)).to_have_text("Ждём оплату")


def test_payment_result_before_the_first_answer_is_not_heard(own_host: OwnHost, order: str) -> None:
    own_host.page.clock.install()
    traveller = own_host.open(path=order)
    own_host.hears("checkout")

    own_host.say({"id": ID, "action": "paymentResult", "data": "canceled"})
    own_host.page.clock.run_for(500)

    expect(traveller.sees("paying")).to_contain_text("Заказ готов к оплате")
