"""Refunds, shipments and what is left are looked up, and only what was asked for is taken.

A list here decides whether money goes out a second time, so part of a list, or one that ignored
our filter, is no knowledge at all (sections 4, 9, 10; D4, D5).
"""

from datetime import UTC, datetime

import pytest

from miniapp.invoicebox.errors import OutcomeUnknown, Refused
from miniapp.invoicebox.wire import (
    ProviderRefund,
    ProviderShipment,
    RefundableLine,
    RefundStatus,
    ShipmentStatus,
)
from tests.invoicebox.scripted_provider import data, error, hang_up, reply
from tests.invoicebox.writes import (
    NEW_CORRECTION,
    NEW_ORDER,
    NEW_REFUND,
    NEW_SHIPMENT,
    ORDER_ID,
    OTHER_ID,
    REFUND_ID,
    SHOP,
    order_row,
    refund_row,
    shipment_row,
)

REFUNDS = "/v3/filter/api/order/refund-order"
SHIPMENTS = "/v3/billing/api/order/shipment"
REFUND_NUMBER = NEW_REFUND.number
DOCUMENT = NEW_SHIPMENT.document_number


def page(*rows, total=None, number=1):
    meta = {"totalCount": len(rows) if total is None else total, "pageSize": 100, "page": number}
    return reply(200, {"data": list(rows), "metaData": meta, "extendedData": []})


LOOK_UPS = [
    pytest.param(
        lambda shop: shop.create_order(NEW_ORDER),
        lambda shop: shop.find_order(NEW_ORDER.merchant_order_id),
        order_row(),
        order_row(merchantOrderId="LNG-000418"),
        id="order",
    ),
    pytest.param(
        lambda shop: shop.create_refund(NEW_REFUND),
        lambda shop: shop.find_refund(REFUND_NUMBER),
        refund_row(),
        refund_row(merchantOrderId="LNG-000417-R2"),
        id="refund",
    ),
    pytest.param(
        lambda shop: shop.create_correction(NEW_CORRECTION),
        lambda shop: shop.find_order(NEW_CORRECTION.order.merchant_order_id),
        order_row(merchantOrderId="LNG-000417-F1"),
        order_row(),
        id="correction",
    ),
    pytest.param(
        lambda shop: shop.create_shipment(NEW_SHIPMENT),
        lambda shop: shop.find_shipment(ORDER_ID, DOCUMENT),
        shipment_row(),
        shipment_row(orderId=OTHER_ID),
        id="shipment",
    ),
]


@pytest.mark.parametrize(("write", "find", "row", "foreign"), LOOK_UPS)
def test_lost_answer_is_found_by_its_number(shop, provider, write, find, row, foreign):
    provider.will(hang_up, page(row, foreign), page(), page(foreign))
    with pytest.raises(OutcomeUnknown):
        write(shop)
    assert find(shop).id == row["id"]
    assert find(shop) is None
    with pytest.raises(OutcomeUnknown):
        find(shop)
    assert [heard.method for heard in provider.heard] == ["POST", "GET", "GET", "GET"]


@pytest.mark.parametrize(
    ("call", "path", "query"),
    [
        (
            lambda shop: shop.find_refund(REFUND_NUMBER),
            REFUNDS,
            {"merchantOrderId": [REFUND_NUMBER], "merchantId": [SHOP]},
        ),
        (lambda shop: shop.refund(REFUND_ID), REFUNDS, {"id": [REFUND_ID]}),
        (lambda shop: shop.refunds(ORDER_ID), REFUNDS, {"parentId": [ORDER_ID]}),
        (lambda shop: shop.shipments(ORDER_ID), SHIPMENTS, {"orderId": [ORDER_ID]}),
    ],
)
def test_list_is_asked_for_at_its_path_with_its_filter(shop, provider, call, path, query):
    provider.will(page())
    assert not call(shop)
    (heard,) = provider.heard
    assert heard.path == path
    assert heard.query == query | {"_page": ["1"], "_pageSize": ["100"]}


def test_shipments_are_listed_where_this_installation_has_them(make_shop, provider):
    provider.will(page(shipment_row()))
    shop = make_shop(shipment_list="/filter/api/order/shipment")
    assert len(shop.shipments(ORDER_ID)) == 1
    assert provider.heard[0].path == "/v3/filter/api/order/shipment"


def test_refund_is_read_with_its_sums_in_kopecks(shop, provider):
    provider.will(page(refund_row()), page(refund_row(vatAmount=None, createdAt=None)))
    assert shop.refund(REFUND_ID) == ProviderRefund(
        id=REFUND_ID,
        order_id=ORDER_ID,
        number=REFUND_NUMBER,
        status=RefundStatus.CREATED,
        amount=550_000,
        vat_amount=99_181,
        created_at=datetime(2026, 12, 14, 10, 0, tzinfo=UTC),
    )
    bare = shop.refund(REFUND_ID)
    assert (bare.vat_amount, bare.created_at) == (None, None)


def test_shipment_is_read_even_when_little_is_told(shop, provider):
    told = {"id": "92", "orderId": ORDER_ID.upper()}
    provider.will(page(shipment_row()), page(told))
    assert shop.shipments(ORDER_ID) == (
        ProviderShipment(
            id=91,
            order_id=ORDER_ID,
            document_number=DOCUMENT,
            status=ShipmentStatus.PENDING,
            amount=450_000,
            final=False,
            created_at=datetime(2026, 12, 14, 10, 0, tzinfo=UTC),
        ),
    )
    (bare,) = shop.shipments(ORDER_ID)
    assert bare == ProviderShipment(92, ORDER_ID.upper(), None, None, None, None, None)


@pytest.mark.parametrize(
    ("spelling", "refund", "shipment"),
    [
        ("draft", RefundStatus.DRAFT, ShipmentStatus.DRAFT),
        ("created", RefundStatus.CREATED, None),
        ("pending", None, ShipmentStatus.PENDING),
        ("completed", RefundStatus.COMPLETED, ShipmentStatus.COMPLETED),
        ("on its way", None, None),
        (None, None, None),
    ],
)
def test_every_status_is_known_and_no_other_hides_a_row(shop, provider, spelling, refund, shipment):
    provider.will(page(refund_row(status=spelling)), page(shipment_row(status=spelling)))
    assert [row.status for row in shop.refunds(ORDER_ID)] == [refund]
    assert [row.status for row in shop.shipments(ORDER_ID)] == [shipment]


@pytest.mark.parametrize("spelling", ["canceled", "cancelled"])
def test_cancelled_refunds_and_shipments_do_not_count(shop, provider, spelling):
    refunds = [refund_row(status=spelling), refund_row(id="other")]
    shipments = [shipment_row(status=spelling), shipment_row(id=92)]
    provider.will(page(*refunds), page(*shipments), page(shipments[0]))
    assert [row.id for row in shop.refunds(ORDER_ID)] == ["other"]
    assert [row.id for row in shop.shipments(ORDER_ID)] == [92]
    assert shop.find_shipment(ORDER_ID, DOCUMENT) is None


def test_of_several_refunds_the_newest_that_is_not_cancelled_is_taken(shop, provider):
    old = refund_row(id="old", createdAt="2026-12-14T10:00:00+00:00")
    new = refund_row(id="new", createdAt="2026-12-14T14:30:00+04:00")
    gone = refund_row(id="gone", status="canceled", createdAt="2026-12-14T11:00:00+00:00")
    provider.will(page(old, gone, new), page(gone))
    assert shop.find_refund(REFUND_NUMBER).id == "new"
    assert shop.find_refund(REFUND_NUMBER).id == "gone"


def test_list_is_read_to_its_last_page(shop, provider):
    rows = [shipment_row(id=number, documentNumber=f"S-{number}") for number in range(1, 6)]
    provider.will(
        page(*rows[:2], total=5),
        page(*rows[1:4], total=5, number=2),  # one moved on meanwhile
        page(rows[4], total=5, number=3),
    )
    assert [row.id for row in shop.shipments(ORDER_ID)] == [1, 2, 3, 4, 5]
    assert [heard.query["_page"] for heard in provider.heard] == [["1"], ["2"], ["3"]]


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([page(shipment_row(), total=2)] * 2, id="the page is ignored"),
        pytest.param([page(shipment_row(), total=2), page(number=2, total=2)], id="a row is lost"),
        pytest.param([page(total=1)], id="a row is counted and not there"),
        pytest.param(
            [page(shipment_row(id=n), total=99, number=n) for n in range(1, 21)], id="no end"
        ),
        pytest.param([page(shipment_row(orderId=OTHER_ID))], id="only foreign rows"),
        pytest.param([page("no shipment")], id="no objects"),
        pytest.param([page(shipment_row(id=None))], id="a row without its id"),
        pytest.param([page(shipment_row(amount=-1))], id="a row with a sum that is none"),
        pytest.param([data(shipment_row())], id="no list"),
        pytest.param([reply(200, b"<html></html>")], id="HTML"),
    ],
)
def test_list_that_was_not_given_whole_is_no_knowledge(shop, provider, pages):
    provider.will(*pages)
    with pytest.raises(OutcomeUnknown):
        shop.shipments(ORDER_ID)
    assert len(provider.heard) == len(pages)


@pytest.mark.parametrize("meta", [None, [], {}, {"totalCount": "many"}], ids=str)
def test_list_without_counts_is_taken_as_it_is(shop, provider, meta):
    rows = [shipment_row(), shipment_row(orderId=OTHER_ID, id=92)]
    provider.will(reply(200, {"data": rows, "metaData": meta}))
    assert [row.id for row in shop.shipments(ORDER_ID)] == [91]


def test_shipment_without_a_number_may_be_the_one_that_is_looked_for(shop, provider):
    nameless = shipment_row(id=92, documentNumber=None)
    provider.will(page(nameless, shipment_row()), page(nameless))
    assert shop.find_shipment(ORDER_ID, DOCUMENT).id == 91
    with pytest.raises(OutcomeUnknown):
        shop.find_shipment(ORDER_ID, DOCUMENT)


LEFT = {"sku": "LNG-000417-1", "totalAmount": 4500, "quantity": 1}


def test_what_is_left_of_each_line_is_a_sum_and_not_a_price(shop, provider):
    provider.will(
        data(
            [
                LEFT | {"quantity": 3, "availableAmount": 811.48, "availableVatAmount": 146.33},
                LEFT | {"sku": "LNG-000417-2", "availableAmount": 0, "availableVatAmount": 0},
            ]
        )
    )
    assert shop.refundable_lines(ORDER_ID) == (
        RefundableLine("LNG-000417-1", 81_148, 14_633),
        RefundableLine("LNG-000417-2", 0, 0),
    )
    (heard,) = provider.heard
    assert heard.path == f"/v3/billing/api/order/order/{ORDER_ID}/refund-basket-item"


@pytest.mark.parametrize(
    "rows",
    [
        [LEFT],
        [LEFT | {"availableAmount": 1}],
        [LEFT | {"availableAmount": None, "availableVatAmount": 0}],
        [LEFT | {"availableAmount": 1, "availableVatAmount": 0}, LEFT | {"sku": "x"}],
    ],
)
def test_older_answer_without_sums_leaves_the_computing_to_the_caller(shop, provider, rows):
    provider.will(data(rows))
    assert shop.refundable_lines(ORDER_ID) is None


def test_nothing_left_is_told_from_not_told(shop, provider):
    provider.will(data([]))
    assert shop.refundable_lines(ORDER_ID) == ()


@pytest.mark.parametrize(
    "rows",
    [
        ["no line"],
        [{"availableAmount": 1, "availableVatAmount": 0}],
        [LEFT | {"availableAmount": -1, "availableVatAmount": 0}],
        [LEFT | {"availableAmount": 1, "availableVatAmount": 2}],
        [LEFT | {"availableAmount": 1, "availableVatAmount": 0}] * 2,
    ],
)
def test_sums_that_cannot_be_left_are_no_knowledge(shop, provider, rows):
    provider.will(data(rows))
    with pytest.raises(OutcomeUnknown):
        shop.refundable_lines(ORDER_ID)


def test_order_the_provider_does_not_know_has_nothing_to_refund(shop, provider):
    provider.will(error(404, "not_found"))
    with pytest.raises(Refused):
        shop.refundable_lines(ORDER_ID)
    with pytest.raises(ValueError, match="order id"):
        shop.refundable_lines("a/b")
    assert len(provider.heard) == 1
