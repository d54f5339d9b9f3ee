"""What we ask of the provider once an order exists: bodies, sums, and what is never sent."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from miniapp.invoicebox.wire import (
    Line,
    NewShop,
    OrderChange,
    RefundLine,
    ShopDetails,
)
from tests.invoicebox.scripted_provider import data
from tests.invoicebox.writes import (
    ADULT,
    CHANGE,
    CHILD,
    DETAILS,
    NEW_CORRECTION,
    NEW_REFUND,
    NEW_SHIPMENT,
    OFFER,
    ORDER_ID,
    REFUND_ID,
    SHOP,
    VISIT,
    WRITES,
)


@pytest.fixture
def said(shop, provider):
    """The body that a write sends."""

    def said(name):
        write = next(write for write in WRITES if write.name == name)
        provider.will(data(write.answer))
        write.call(shop)
        return json.loads(provider.heard[-1].body)

    return said


@pytest.fixture
def items(sample):
    """The basket of the sample order: the adult and the child."""
    return json.loads(sample("order_create_request.json"))["basketItems"]


def test_refund_names_its_order_its_number_and_its_lines(said, items):
    part = {"amount": 1000, "amountWoVat": 819.67, "totalAmount": 1000, "totalVatAmount": 180.33}
    assert said("create refund") == {
        "parentId": ORDER_ID,
        "merchantOrderId": "LNG-000417-R1",
        "amount": 5500,
        "vatAmount": 991.81,
        "basketItems": [items[0], items[1] | part],
        "description": "Возврат по желанию клиента",
        "status": "created",
    }


def test_draft_refund_says_so(shop, provider):
    provider.will(data(next(w.answer for w in WRITES if w.name == "create refund")))
    shop.create_refund(replace(NEW_REFUND, draft=True))
    assert json.loads(provider.heard[0].body)["status"] == "draft"


def test_correction_is_an_order_of_the_fee_whose_parent_is_the_refund(said, items):
    body = said("create correction")
    assert body["parentId"] == REFUND_ID
    assert (body["merchantId"], body["merchantOrderId"]) == (SHOP, "LNG-000417-F1")
    assert (body["amount"], body["vatAmount"]) == (900, 162.3)
    (fee,) = body["basketItems"]
    assert (fee["sku"], fee["totalAmount"]) == ("LNG-000417-F1-1", 900)


def test_shipment_always_has_its_document_number_and_says_whether_it_is_final(said, items):
    assert said("create shipment") == {
        "orderId": ORDER_ID,
        "documentNumber": "LNG-000417-S1",
        "documentDate": "2026-12-14",
        "basketItems": [items[0]],
        "final": False,
    }


def test_changed_basket_travels_with_both_its_sums(said, items):
    assert said("update order") == {
        "description": "Бизнес-зал «Бриз»",
        "expirationDate": "2026-12-14T12:30:00+00:00",
        "amount": 4500,
        "vatAmount": 811.48,
        "basketItems": [items[0]],
    }


def test_new_deadline_travels_alone(shop, provider):
    samara = timezone(timedelta(hours=4))
    provider.will(data(next(w.answer for w in WRITES if w.name == "update order")))
    change = OrderChange(expires_at=datetime(2026, 12, 14, 16, 30, 5, tzinfo=samara))
    shop.update_order(ORDER_ID, change)
    body = json.loads(provider.heard[0].body)
    assert body == {"expirationDate": "2026-12-14T16:30:05+04:00"}


def test_point_of_sale_is_created_with_what_only_then_can_be_said(said):
    body = {"title": "Бизнес-зал «Бриз»", "description": "Тихий зал", "merchantId": SHOP}
    assert said("create shop") == body


def test_point_of_sale_is_changed_by_what_was_given(said, shop, provider):
    assert said("update shop") == {
        "description": "Тихий зал у выхода 7",
        "shopUrl": "https://lounge.example/l/briz-kuf",
        "registrationAddress": "Самарская область, аэропорт Курумоч",
        "lat": 53.5049,
        "lon": 50.1643,
        "notificationEmail": "hall@briz.example",
        "deliveryInfo": "Ваучер приходит на почту",
    }
    provider.will(data({"id": 5121}))
    shop.update_shop(5121, ShopDetails(latitude=0.0, longitude=0.0))
    assert json.loads(provider.heard[-1].body) == {"lat": 0.0, "lon": 0.0}


def test_special_offer_is_put_under_our_number(said):
    assert said("put special offer") == {
        "merchantId": SHOP,
        "externalId": "briz-kuf-winter",
        "name": "Зимой дешевле",
        "description": "Посещение со скидкой",
        "active": True,
        "startAt": "2026-12-01T00:00:00+00:00",
        "finishAt": "2027-03-01T00:00:00+00:00",
        "tags": ["lounge", "KUF"],
    }


FREE = Line("LNG-000417-3", "Посещение, 1 младенец", 0, "RUS_VAT22", VISIT)
DAY = datetime(2026, 12, 14)  # noqa: DTZ001 - the very fault


@pytest.mark.parametrize(
    ("thing", "change"),
    [
        (RefundLine.whole(ADULT), {"amount": 450_001}),
        (NEW_REFUND, {"lines": (RefundLine.whole(FREE),)}),
        (RefundLine.whole(ADULT), {"amount": -1}),
        (RefundLine.whole(ADULT), {"vat": 81_149}),
        (RefundLine.whole(ADULT), {"vat": -1}),
        (RefundLine(ADULT, 100, 18), {"vat": 101}),
        (NEW_REFUND, {"number": ""}),
        (NEW_REFUND, {"number": "x" * 37}),
        (NEW_REFUND, {"number": "LNG 1"}),
        (NEW_REFUND, {"order_id": ""}),
        (NEW_REFUND, {"order_id": "a/b"}),
        (NEW_REFUND, {"lines": ()}),
        (NEW_REFUND, {"lines": (RefundLine(ADULT, 100, 18), RefundLine(ADULT, 200, 36))}),
        (NEW_REFUND, {"description": " "}),
        (NEW_REFUND, {"description": "x" * 1001}),
        (NEW_CORRECTION, {"refund_id": ""}),
        (NEW_CORRECTION, {"refund_id": "x" * 37}),
        (NEW_SHIPMENT, {"order_id": "x" * 37}),
        (NEW_SHIPMENT, {"document_number": ""}),
        (NEW_SHIPMENT, {"document_number": "x" * 37}),
        (NEW_SHIPMENT, {"document_number": "АКТ-1"}),
        (NEW_SHIPMENT, {"lines": ()}),
        (NEW_SHIPMENT, {"lines": (ADULT, ADULT)}),
        (CHANGE, {"expires_at": None, "lines": None, "description": None}),
        (CHANGE, {"expires_at": DAY}),
        (CHANGE, {"lines": ()}),
        (CHANGE, {"lines": (ADULT, ADULT)}),
        (CHANGE, {"lines": (FREE,)}),
        (CHANGE, {"description": ""}),
        (CHANGE, {"description": "x" * 1001}),
        (NewShop("Бриз"), {"title": ""}),
        (NewShop("Бриз"), {"title": "x" * 51}),
        (NewShop("Бриз"), {"description": "x" * 2001}),
        (DETAILS, {"description": "x" * 2001}),
        (DETAILS, {"shop_url": "https://lounge.example/" + "x" * 42}),
        (DETAILS, {"shop_url": "javascript:alert(1)"}),
        (DETAILS, {"registration_address": "x" * 201}),
        (DETAILS, {"notification_email": "x" * 501}),
        (DETAILS, {"delivery_info": "x" * 1001}),
        (DETAILS, {"latitude": 90.1}),
        (DETAILS, {"longitude": -180.1}),
        (DETAILS, {"longitude": float("nan")}),
        (DETAILS, {"longitude": None}),
        (OFFER, {"external_id": "x" * 37}),
        (OFFER, {"external_id": ""}),
        (OFFER, {"name": " "}),
        (OFFER, {"description": "x" * 1001}),
        (OFFER, {"starts_at": DAY}),
        (OFFER, {"finishes_at": OFFER.starts_at}),
        (OFFER, {"tags": ("lounge", "")}),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else type(value).__name__,
)
def test_impossible_request_is_refused_before_any_call(thing, change):
    with pytest.raises(ValueError):  # noqa: PT011 - the sentences are for people
        replace(thing, **change)


def test_limits_of_the_marketplace_are_reached_but_not_exceeded():
    assert NewShop("x" * 50, "x" * 2000)
    assert replace(
        DETAILS,
        shop_url="https://lounge.example/" + "x" * 41,
        registration_address="x" * 200,
        notification_email="x" * 500,
        delivery_info="x" * 1000,
        latitude=-90.0,
        longitude=180.0,
    )
    with pytest.raises(ValueError, match="no change"):
        ShopDetails()


@pytest.mark.parametrize("shop_id", [0, -1])
def test_shop_id_that_is_none_is_refused_before_any_call(shop, provider, shop_id):
    with pytest.raises(ValueError, match="shop id"):
        shop.update_shop(shop_id, DETAILS)
    assert provider.heard == []


def test_free_line_may_go_back_beside_one_that_was_paid():
    refund = replace(NEW_REFUND, lines=(RefundLine.whole(FREE), RefundLine(ADULT, 1, 0)))
    assert (refund.amount, refund.vat_amount) == (1, 0)


def test_sums_of_a_refund_are_those_of_its_lines():
    assert (NEW_REFUND.amount, NEW_REFUND.vat_amount) == (550_000, 99_181)
    assert RefundLine.whole(CHILD) == RefundLine(CHILD, 225_050, 40_583)
