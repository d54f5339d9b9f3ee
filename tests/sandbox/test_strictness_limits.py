"""How often the API may be asked, and what need not be sent twice (section 2.3)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from miniapp.sandbox import SandboxSettings
from miniapp.sandbox.state.traffic import WINDOW, Traffic
from tests.sandbox.conftest import Shop, order_body, serving

AUTH = "/security/api/auth/auth"


@pytest.fixture
def limited() -> Iterator[str]:
    """A sandbox of its own, counting from nothing."""
    with serving(SandboxSettings(notification_url="")) as url:
        yield url


def test_account_may_ask_a_hundred_times(limited: str) -> None:
    shop = Shop(limited, "busy")
    answers = [shop.call("GET", AUTH) for _ in range(101)]
    assert {answer.status_code for answer in answers[:100]} == {200}
    assert answers[0].headers["RateLimit-Limit"] == "100"
    left = [int(answer.headers["RateLimit-Remaining"]) for answer in answers]
    assert left == [*range(99, -1, -1), 0]
    late = answers[100]
    assert late.status_code == 429
    assert "code" not in late.json()["error"]
    assert 0 < int(late.headers["Retry-After"]) <= 30
    assert late.headers["RateLimit-Reset"] == late.headers["Retry-After"]
    assert late.headers["X-Request-Id"]
    assert shop.create(order_body()).status_code == 429
    assert Shop(limited, "quiet").create(order_body()).status_code == 200
    assert Shop(limited, "busy", version="l3").call("GET", AUTH).status_code == 429


def test_address_may_ask_five_hundred_times_whoever_it_is(limited: str) -> None:
    tokens = [None, "wrong", *(f"token-{number}" for number in range(8))]
    shops = [Shop(limited, token) for token in tokens]
    answers = [shop.call("GET", AUTH).status_code for _ in range(50) for shop in shops]
    assert 429 not in answers
    assert {shop.call("GET", AUTH).status_code for shop in shops} == {429}


def test_limits_can_be_switched_off() -> None:
    with serving(SandboxSettings(notification_url="", limits=False)) as url:
        answers = [Shop(url).call("GET", AUTH) for _ in range(101)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit-Limit" not in answers[0].headers


def test_window_ends_and_a_new_one_begins() -> None:
    traffic, now = Traffic(), datetime.now(UTC)
    left = [traffic.count("a", limit=2, now=now).remaining for _ in range(3)]
    assert left == [1, 0, -1]
    almost = now + WINDOW - timedelta(milliseconds=1)
    assert traffic.count("a", limit=2, now=almost).remaining == -2
    assert traffic.count("b", limit=2, now=almost).remaining == 1
    assert traffic.count("a", limit=2, now=now + WINDOW).remaining == 1


def test_what_the_client_has_is_not_sent_again(shop: Shop) -> None:
    order = shop.ordered()
    path = f"/billing/api/order/order/{order['id']}"
    first = shop.call("GET", path)
    known = {"If-None-Match": first.headers["ETag"]}
    again = shop.call("GET", path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    shop.update(order["id"], description="Другое")
    changed = shop.call("GET", path, headers=known)
    assert (changed.status_code, changed.json()["data"]["description"]) == (200, "Другое")
    assert "no-store" not in first.headers["Cache-Control"]


def test_writes_and_refusals_have_no_tag(shop: Shop) -> None:
    answers = [shop.create(order_body()), shop.call("GET", "/billing/api/order/order/none")]
    assert ["ETag" in answer.headers for answer in answers] == [False, False]
