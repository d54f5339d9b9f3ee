"""Orders are looked up, and only the order that was asked for is taken (sections 4, 5)."""

import pytest

from miniapp.invoicebox.errors import (
    OutcomeUnknown,
)
from miniapp.invoicebox.wire import OrderStatus
from tests.invoicebox.scripted_provider import (
    data,
    error,
    reply,
)

ORDER_ID = "0192c0de-0000-7000-8000-00000000a001"
SHOP = "0192c0de-0000-7000-8000-0000000000ff"
SINGLE = f"/v3/billing/api/order/order/{ORDER_ID}"


def rows(*orders):
    meta = {"totalCount": len(orders), "pageSize": 30, "page": 1}
    return reply(200, {"data": list(orders), "metaData": meta, "extendedData": []})


def test_one_order_is_read_by_its_id(shop, provider, answered_order):
    provider.will(data(answered_order | {"status": "success", "newField": {"a": [1]}}))
    assert shop.order(ORDER_ID).status is OrderStatus.COMPLETED
    assert provider.heard[0].path == SINGLE


@pytest.mark.parametrize(
    "missing", [error(404, "not_found"), reply(405, b"<html></html>")], ids=["404", "405"]
)
def test_without_the_single_path_the_list_is_asked(shop, provider, answered_order, missing):
    provider.will(missing, rows(answered_order))
    assert shop.order(ORDER_ID).id == ORDER_ID
    assert provider.heard[1].path == "/v3/filter/api/order/order"
    assert provider.heard[1].query["id"] == [ORDER_ID]


def test_order_nobody_knows_is_none(shop, provider):
    provider.will(error(404, "not_found"), rows())
    assert shop.order(ORDER_ID) is None


def test_answer_about_another_order_is_not_taken(shop, provider, answered_order):
    provider.will(data(answered_order | {"id": "0192c0de-0000-7000-8000-00000000a002"}))
    with pytest.raises(OutcomeUnknown):
        shop.order(ORDER_ID)


@pytest.mark.parametrize("order_id", ["", "..", "a/b", "a?b", "a b", "x" * 37, "%2e%2e"])
def test_id_that_would_change_the_path_is_refused_before_any_call(shop, provider, order_id):
    with pytest.raises(ValueError, match="order id"):
        shop.cancel_order(order_id)
    with pytest.raises(ValueError, match="order id"):
        shop.order(order_id)
    assert provider.heard == []


def test_order_is_found_by_our_number_within_our_shop(shop, provider, answered_order):
    provider.will(rows(answered_order))
    assert shop.find_order("LNG-000417").id == ORDER_ID
    (heard,) = provider.heard
    assert heard.path == "/v3/filter/api/order/order"
    assert heard.query == {
        "merchantOrderId": ["LNG-000417"],
        "merchantId": [SHOP],
        "_order[createdAt]": ["desc"],
    }


def test_number_the_provider_does_not_have_is_none(shop, provider):
    provider.will(rows())
    assert shop.find_order("LNG-000417") is None


def test_rows_of_others_are_passed_over(shop, provider, answered_order):
    provider.will(
        rows(
            answered_order | {"merchantOrderId": "LNG-000418", "id": "another"},
            answered_order | {"merchantId": "another shop", "id": "foreign"},
            {"merchantOrderId": "LNG-000417"},
            "no order at all",
            answered_order,
        )
    )
    assert shop.find_order("LNG-000417").id == ORDER_ID


def test_list_that_ignored_the_filter_does_not_mean_that_there_is_none(
    shop, provider, answered_order
):
    provider.will(rows(answered_order | {"merchantOrderId": "LNG-000418"}))
    with pytest.raises(OutcomeUnknown):
        shop.find_order("LNG-000417")


def test_of_several_the_newest_that_is_not_cancelled_is_taken(shop, provider, answered_order):
    def one(order_id, status, created):
        return answered_order | {"id": order_id, "status": status, "createdAt": created}

    old = one("old", "created", "2026-12-14T10:00:00+00:00")
    new = one("new", "completed", "2026-12-14T14:30:00+04:00")
    gone = one("gone", "canceled", "2026-12-14T11:00:00+00:00")
    provider.will(rows(old, gone, new), rows(gone))
    assert shop.find_order("LNG-000417").id == "new"
    assert shop.find_order("LNG-000417").id == "gone"


def test_order_the_provider_only_records_says_so(shop, provider, answered_order):
    thin = {k: v for k, v in answered_order.items() if k not in {"processable", "paymentUrl"}}
    thin |= {"expirationDate": "whenever", "orderContainerId": None, "amount": "6750.50"}
    provider.will(data(answered_order | {"processable": False}), data(thin))
    assert shop.order(ORDER_ID).processable is False
    order = shop.order(ORDER_ID)
    assert (order.processable, order.amount) == (True, 675_050)
    assert (order.payment_url, order.order_container_id, order.expires_at) == (None, None, None)
