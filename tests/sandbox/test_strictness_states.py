"""What may be done with an order in each of its states (sections 6.9 to 6.11, 9, 10 and 13)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import Shop, line, order_body, refused

Made = dict[str, Any]
STATUS = "/billing/api/order/{}/status"


def expired(shop: Shop) -> Made:
    moment = datetime.now(UTC) + timedelta(milliseconds=200)
    order = shop.ordered(expirationDate=moment.isoformat())
    while shop.read(order["id"])["status"] == "created":
        assert datetime.now(UTC) < moment + timedelta(seconds=5)
        time.sleep(0.05)
    return order


def canceled(shop: Shop) -> Made:
    order = shop.ordered()
    shop.cancel(order["id"])
    return order


def two(**changes: object) -> Made:
    """The changes of an order for two guests."""
    lines = [line(), line(sku="LNG-2")]
    return {"basketItems": lines, "amount": 9000, "vatAmount": 1622.96} | changes


def shipped(shop: Shop, way: str) -> Made:
    """One of two guests has come."""
    order = shop.secured(way, **two())
    assert shop.ship(order["id"]).status_code == 200
    return order


STATES: dict[str, Callable[[Shop], Made]] = {
    "created": lambda shop: shop.ordered(**two()),
    "hold": lambda shop: shop.secured("hold", **two()),
    "card": lambda shop: shop.secured("card", **two()),
    "guarantee": lambda shop: shop.secured("guarantee", **two()),
    "hold, shipped": lambda shop: shipped(shop, "hold"),
    "card, shipped": lambda shop: shipped(shop, "card"),
    "guarantee, shipped": lambda shop: shipped(shop, "guarantee"),
    "expired": expired,
    "canceled": canceled,
    "record": lambda shop: shop.ordered(processable=False, **two()),
}


def move(shop: Shop, order_id: str) -> requests.Response:
    body = {"merchantId": f"to-{order_id[:8]}", "orderId": order_id}
    return shop.call("PUT", "/billing/api/order/order-merchant-move", json=body)


def set_status(shop: Shop, order_id: str, status: str = "completed") -> requests.Response:
    return shop.call("PUT", STATUS.format(order_id), json={"status": status})


ACTS: dict[str, Callable[[Shop, str], requests.Response]] = {
    "update": lambda shop, order_id: shop.update(order_id, description="Другое"),
    "cancel": lambda shop, order_id: shop.cancel(order_id),
    "ship": lambda shop, order_id: shop.ship(order_id, line(sku="LNG-2")),
    "refund": lambda shop, order_id: shop.refund(order_id),
    "status": set_status,
    "move": move,
}

# The status of the order afterwards; a dash stands for the refusal ``wrong_order_status``.
TABLE = """
                   | update    | cancel   | ship      | refund    | status    | move
created            | created   | canceled | -         | -         | -         | created
hold               | -         | canceled | completed | -         | -         | hold
card               | -         | -        | completed | completed | -         | completed
guarantee          | -         | canceled | completed | completed | -         | completed
hold, shipped      | -         | -        | completed | completed | -         | completed
card, shipped      | -         | -        | completed | completed | -         | completed
guarantee, shipped | -         | -        | completed | completed | -         | completed
expired            | -         | -        | -         | -         | -         | -
canceled           | -         | -        | -         | -         | -         | -
record             | created   | canceled | -         | -         | completed | created
"""


def cases() -> list[tuple[str, str, str]]:
    head, *rows = [
        [cell.strip() for cell in row.split("|")] for row in TABLE.strip("\n").split("\n")
    ]
    return [
        (row[0], act, cell) for row in rows for act, cell in zip(head[1:], row[1:], strict=True)
    ]


@pytest.mark.parametrize(("state", "act", "after"), cases())
def test_state_decides_what_may_be_done(shop: Shop, state: str, act: str, after: str) -> None:
    order_id = STATES[state](shop)["id"]
    before = shop.read(order_id)
    response = ACTS[act](shop, order_id)
    if after == "-":
        assert refused(response) == (422, "wrong_order_status")
        assert shop.read(order_id) == before
    else:
        assert response.status_code == 200, response.text
        assert shop.read(order_id)["status"] == after


RECORD_MOVES = """
          | draft | created | hold | completed | expired | canceled
draft     | yes   | yes     | yes  | yes       | -       | yes
created   | yes   | yes     | yes  | yes       | yes     | yes
hold      | -     | -       | yes  | yes       | -       | yes
completed | -     | -       | -    | yes       | -       | yes
expired   | -     | -       | -    | -         | yes     | -
canceled  | -     | -       | -    | -         | -       | yes
"""


@pytest.mark.parametrize("row", RECORD_MOVES.strip("\n").split("\n")[1:])
def test_record_goes_where_its_shop_says(shop: Shop, row: str) -> None:
    source, *cells = [cell.strip() for cell in row.split("|")]
    targets = RECORD_MOVES.strip("\n").split("\n")[0].replace(" ", "").split("|")[1:]
    for target, cell in zip(targets, cells, strict=True):
        order_id = shop.ordered(processable=False)["id"]
        assert set_status(shop, order_id, source).json()["data"]["status"] == source
        response = set_status(shop, order_id, target)
        if cell == "yes":
            assert response.json()["data"]["status"] == target
        else:
            assert refused(response) == (422, "wrong_order_status")


@pytest.mark.parametrize("spelling", ["canceled", "cancelled"])
def test_both_spellings_of_a_cancelled_record_are_one(shop: Shop, spelling: str) -> None:
    order_id = shop.ordered(processable=False)["id"]
    assert set_status(shop, order_id, spelling).json()["data"]["status"] == "canceled"


@pytest.mark.parametrize("status", ["paid", "success", "", None, 1])
def test_unknown_status_is_refused(shop: Shop, status: Any) -> None:
    order_id = shop.ordered(processable=False)["id"]
    response = shop.call("PUT", STATUS.format(order_id), json={"status": status})
    assert refused(response) == (422, "wrong_value")


@pytest.mark.parametrize("way", ["card", "hold"])
def test_nothing_joins_a_container_that_is_paid(shop: Shop, container: str, way: str) -> None:
    assert shop.ordered(orderContainerId=container)["orderContainerId"] == container
    shop.pay(container, way)
    late = shop.create(order_body(orderContainerId=container))
    assert refused(late) == (422, "wrong_order_status")


def test_nothing_joins_a_container_in_which_all_is_cancelled(shop: Shop) -> None:
    order = canceled(shop)
    late = shop.create(order_body(orderContainerId=order["orderContainerId"]))
    assert refused(late) == (422, "wrong_order_status")


def test_paid_time_tells_the_charge_and_not_the_hold(shop: Shop) -> None:
    order = shop.secured("hold")
    assert "paidAt" not in order
    shop.ship(order["id"])
    assert shop.read(order["id"])["paidAt"]
