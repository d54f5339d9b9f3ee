"""Filters, order and pages of every list, in every spelling that clients use (section 4)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.sandbox.conftest import Shop, line, refused

ORDERS = "/filter/api/order/order"
REFUNDS = "/filter/api/order/refund-order"


@dataclass
class Listed:
    """A list and how its rows come to be; ``make`` returns one row of a merchant."""

    path: str
    make: Callable[[Shop, str], dict[str, Any]]
    names: tuple[str, ...]


def order(shop: Shop, merchant: str) -> dict[str, Any]:
    return shop.ordered(merchantId=merchant)


def shipment(shop: Shop, merchant: str) -> dict[str, Any]:
    paid = shop.secured(merchantId=merchant)
    row: dict[str, Any] = shop.ship(paid["id"], documentNumber=uuid.uuid4().hex).json()["data"]
    return row


def refund(shop: Shop, merchant: str) -> dict[str, Any]:
    row: dict[str, Any] = shop.refund(shop.secured(merchantId=merchant)["id"]).json()["data"]
    return row


LISTS = {
    "orders": Listed(ORDERS, order, ("id", "merchantOrderId", "orderContainerId")),
    "shipments": Listed(
        "/filter/api/order/shipment", shipment, ("id", "orderId", "documentNumber")
    ),
    # The other address of the same list (D5).
    "shipments of billing": Listed(
        "/billing/api/order/shipment", shipment, ("id", "orderId", "documentNumber")
    ),
    "refunds": Listed(REFUNDS, refund, ("id", "parentId", "merchantOrderId")),
}


@pytest.fixture(params=LISTS)
def listed(request: pytest.FixtureRequest) -> Listed:
    return LISTS[request.param]


@pytest.fixture
def merchant() -> str:
    return uuid.uuid4().hex


@pytest.mark.parametrize("key", ["{}", "{}[_eq]", "{}[]", "{}[0]", "{}[17]"])
def test_equality_in_every_spelling(shop: Shop, listed: Listed, merchant: str, key: str) -> None:
    row, other, _ = [listed.make(shop, merchant) for _ in range(3)]
    for name in listed.names:
        found = shop.listed(f"{key.format(name)}={row[name]}", listed.path)
        assert found["data"] == [row]
    both = "&".join(f"{key.format('id')}={one['id']}" for one in (row, other))
    assert shop.listed(both, listed.path)["metaData"] == {
        "totalCount": 2,
        "pageSize": 30,
        "page": 1,
    }


def test_any_of_with_numbered_keys(shop: Shop, listed: Listed, merchant: str) -> None:
    rows = [listed.make(shop, merchant) for _ in range(3)]
    query = f"id[0]={rows[0]['id']}&id[1]={rows[2]['id']}"
    assert shop.listed(query, listed.path)["data"] == [rows[0], rows[2]]


# What follows is asked about two orders of 4500 and 9000 roubles, created in 2026 or later.
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("amount=4500", [0]),
        ("amount=4500.00", [0]),
        ("amount[_ne]=4500", [1]),
        ("amount[_gt]=4500", [1]),
        ("amount[_ge]=4500", [0, 1]),
        ("amount[_lt]=9000", [0]),
        ("amount[_le]=9000", [0, 1]),
        ("amount[_gt]=4500&amount[_lt]=9000", []),
        ("createdAt[_ge]=2026-01-01T00:00:00", [0, 1]),
        ("createdAt[_ge]=2026-01-01", [0, 1]),
        ("createdAt[_gt]=2026-01-01T00:00:00Z", [0, 1]),
        ("createdAt[_lt]=2026-01-01T00:00:00%2B03:00", []),
        ("createdAt[_le]=2199-01-01T00:00:00+03:00", [0, 1]),
        ("expirationDate[_gt]=2199-01-01T00:00:00Z", []),
        ("paidAt[_ge]=2026-01-01T00:00:00", []),
        ("status=created", [0, 1]),
        ("status[_ne]=created", []),
        ("status[]=created&status[]=completed", [0, 1]),
        ("status=hold&status=canceled", []),
        ("status[_start]=cre", [0, 1]),
        ("merchantOrderId[_start]=LNG-", [0, 1]),
        ("merchantOrderId[_start]=NG-", []),
        ("createdAt[_start]=2", [0, 1]),
        ("currencyId=RUB&status=created", [0, 1]),
        ("_order[amount]=desc", [1, 0]),
        ("_order[amount]=asc", [0, 1]),
        ("_order[amount]=DESC", [1, 0]),
        ("_order[status]=desc&_order[amount]=desc", [1, 0]),
        ("_order[amount]=asc&_order[createdAt]=desc", [0, 1]),
        ("_order[paidAt]=asc", [0, 1]),
    ],
)
def test_comparisons_and_sorting(shop: Shop, merchant: str, query: str, found: list[int]) -> None:
    orders = [
        shop.ordered(merchantId=merchant),
        shop.ordered(merchantId=merchant, basketItems=dear(), amount=9000, vatAmount=0),
    ]
    rows = shop.listed(f"merchantId={merchant}&{query}")["data"]
    assert rows == [orders[index] for index in found]


def dear() -> list[dict[str, Any]]:
    sums = {"amount": 9000, "amountWoVat": 9000, "totalAmount": 9000, "totalVatAmount": 0}
    return [line(**sums, vatCode="VATNONE")]


@pytest.mark.parametrize("names", [("page", "pageSize"), ("_page", "_pageSize")])
def test_list_comes_in_pages(
    shop: Shop, listed: Listed, merchant: str, names: tuple[str, str]
) -> None:
    rows = [listed.make(shop, merchant) for _ in range(3)]
    page, size = names
    query = f"merchantId={merchant}&{size}=2&_order[id]=asc&{page}="
    in_order = sorted(rows, key=lambda row: row["id"])
    for number, part in [(1, in_order[:2]), (2, in_order[2:]), (3, [])]:
        found = shop.listed(f"{query}{number}", listed.path)
        assert found["data"] == part
        assert found["metaData"] == {"totalCount": 3, "pageSize": 2, "page": number}


@pytest.mark.parametrize(
    "query",
    [
        "_order=createdAt:desc",
        "_order[createdAt]=down",
        "_order[nothing]=asc",
        "page=0",
        "page=x",
        "pageSize=-1",
        "pageSize=1001",
        "nothing=1",
        "status[_like]=x",
        "status[0",
        "createdAt=soon",
        "createdAt[_ge]=2026-13-01",
        "amount[_lt]=NaN",
        "amount=much",
    ],
)
def test_query_that_is_not_understood_is_refused(shop: Shop, listed: Listed, query: str) -> None:
    assert refused(shop.call("GET", f"{listed.path}?{query}")) == (422, "wrong_value")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("vatNumber=9900000017", 1),
        ("vatNumber[_eq]=990000001246", 1),
        ("vatNumber[]=9900000017&vatNumber[]=990000001246", 2),
        ("vatNumber=7707083893", 0),
    ],
)
def test_register_is_asked_by_inn(shop: Shop, query: str, count: int) -> None:
    found = shop.listed(query, "/filter/api/counterparty-detail")
    assert len(found["data"]) == found["metaData"]["totalCount"] == count


@pytest.mark.parametrize(
    "query",
    [
        "",
        "vatNumber=",
        "vatNumber=990000001",
        "vatNumber=99000000170",
        "vatNumber=%D9%A9900000017",
        "vatNumber[_start]=9",
        "vatNumber[_ne]=9900000017",
        "name=Bris",
    ],
)
def test_register_cannot_be_crawled(shop: Shop, query: str) -> None:
    response = shop.call("GET", f"/filter/api/counterparty-detail?{query}")
    assert refused(response) == (422, "wrong_value")
