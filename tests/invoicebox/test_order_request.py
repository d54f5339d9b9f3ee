"""What we ask of the provider: the body of a new order, VAT, and what is never sent."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.invoicebox.wire import VAT_RATES, Customer, Line, NewOrder, order_body, roubles, vat_of

SHOP = "0192c0de-0000-7000-8000-0000000000ff"
DAY = date(2026, 12, 14)
PRICES = st.integers(min_value=0, max_value=10**13)
CODES = st.sampled_from(sorted(VAT_RATES))


def test_order_is_asked_for_as_in_the_sample(new_order, sample):
    assert order_body(new_order, SHOP) == json.loads(sample("order_create_request.json"))


def test_sums_are_json_numbers_without_superfluous_digits(new_order):
    text = json.dumps(order_body(new_order, SHOP))
    assert '"amount": 6750.5,' in text
    assert '"amount": 4500,' in text
    assert '"totalVatAmount": 811.48,' in text


def test_what_is_not_known_is_left_out(new_order):
    bare = replace(
        new_order,
        order_container_id=None,
        shop_id=None,
        notification_url=None,
        success_url=None,
        fail_url=None,
        return_url=None,
        customer=Customer(None, "", None),
    )
    body = order_body(bare, SHOP)
    assert body["customer"] == {"type": "private"}
    assert body.keys() == {
        "merchantId", "merchantOrderId", "description", "amount", "vatAmount", "currencyId",
        "languageId", "expirationDate", "basketItems", "customer", "orderSetting",
    }  # fmt: skip


def test_organisation_travels_with_its_requisites(new_order):
    firm = Customer(
        "ООО «Чайка»",
        "office@chaika.example",
        "79001234567",
        type="legal",
        inn="9900000017",
        kpp="990001001",
        address="г. Самара, ул. Полевая, 1",
    )
    assert order_body(replace(new_order, customer=firm), SHOP)["customer"] == {
        "type": "legal",
        "name": "ООО «Чайка»",
        "email": "office@chaika.example",
        "phone": "79001234567",
        "vatNumber": "9900000017",
        "taxRegistrationReasonCode": "990001001",
        "registrationAddress": "г. Самара, ул. Полевая, 1",
    }


def test_metadata_and_the_zone_of_the_expiry_travel_as_given(new_order):
    samara = timezone(timedelta(hours=4))
    metadata = {"@type": "ReservationPackage", "subReservation": []}
    order = replace(
        new_order,
        meta_data=metadata,
        expires_at=datetime(2026, 12, 14, 16, 30, 5, 999, tzinfo=samara),
        shop_id="shop-7",
    )
    body = order_body(order, SHOP)
    assert body["metaData"] == metadata
    assert body["expirationDate"] == "2026-12-14T16:30:05+04:00"
    assert body["shopId"] == "shop-7"


@pytest.mark.parametrize(
    ("price", "code", "vat"),
    [
        (450_000, "RUS_VAT22", 81_148),
        (450_000, "RUS_VAT22_ADDED", 81_148),
        (1_350_000, "RUS_VAT22", 243_443),
        (3, "RUS_VAT20", 1),
        (11_000, "RUS_VAT10", 1_000),
        (10_700, "RUS_VAT7", 700),
        (10_500, "RUS_VAT5", 500),
        (450_000, "RUS_VAT0", 0),
        (450_000, "VATNONE", 0),
        (0, "RUS_VAT22", 0),
    ],
)
def test_vat_inside_a_price(price, code, vat):
    assert vat_of(price, code) == vat


def test_vat_codes_are_those_of_the_reference():
    assert len(VAT_RATES) == 12
    for code in ("RUS_VAT120", "NONE", "rus_vat22", ""):
        with pytest.raises(ValueError, match="VAT code"):
            vat_of(100, code)


@settings(deadline=None)
@given(PRICES, CODES)
def test_vat_is_the_exact_share_to_half_a_kopeck(price, code):
    rate = VAT_RATES[code]
    above = vat_of(price, code) * (100 + rate) - price * rate  # in parts of a kopeck
    assert -(100 + rate) < 2 * above <= 100 + rate
    assert 0 <= vat_of(price, code) <= price


@settings(deadline=None)
@given(PRICES)
def test_every_sum_survives_the_wire(kopecks):
    written = json.dumps(roubles(kopecks))
    assert Decimal(written) * 100 == kopecks
    assert len(written.partition(".")[2]) <= 2
    assert "e" not in written


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10**8), CODES), min_size=1, max_size=8))
def test_lines_add_up_to_the_order_exactly(new_order_lines):
    lines = tuple(
        Line(f"s{i}", "x", price, code, DAY) for i, (price, code) in enumerate(new_order_lines)
    )
    body = order_body(_order_of(lines), SHOP)
    items = json.loads(json.dumps(body["basketItems"]), parse_float=Decimal)
    assert _kopecks(body["amount"]) == sum(i["totalAmount"] * 100 for i in items)
    assert _kopecks(body["vatAmount"]) == sum(i["totalVatAmount"] * 100 for i in items)
    for item in items:
        assert item["amountWoVat"] + item["totalVatAmount"] == item["totalAmount"]
        assert item["amount"] == item["totalAmount"]


def _kopecks(number: object) -> Decimal:
    return Decimal(json.dumps(number)) * 100


def _order_of(lines):
    return NewOrder(
        merchant_order_id="LNG-1",
        description="x",
        lines=lines,
        expires_at=datetime(2026, 12, 14, tzinfo=timezone(timedelta())),
        customer=Customer(None, None, None),
        language="en",
    )


LINE = Line("LNG-1-1", "Visit", 100, "RUS_VAT22", DAY)


@pytest.mark.parametrize(
    "change",
    [
        {"sku": ""},
        {"sku": "x" * 37},
        {"name": " "},
        {"name": "x" * 129},
        {"price": -1},
        {"price": 45.0},
        {"price": True},
        {"vat_code": "RUS_VAT18"},
        {"measure": "x" * 11},
        {"measure_code": "79"},
        {"measure_code": "штук"},
    ],
    ids=str,
)
def test_impossible_line_is_refused_before_any_call(change):
    with pytest.raises(ValueError):  # noqa: PT011 - the sentences are for people
        replace(LINE, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"merchant_order_id": ""},
        {"merchant_order_id": "x" * 37},
        {"merchant_order_id": "LNG 1"},
        {"merchant_order_id": "ЗАЛ-1"},
        {"description": ""},
        {"description": "x" * 1001},
        {"lines": ()},
        {"lines": (LINE, LINE)},
        {"lines": tuple(replace(LINE, sku=f"s{i}") for i in range(101))},
        {"lines": (replace(LINE, price=0),)},
        {"expires_at": datetime(2026, 12, 14)},  # noqa: DTZ001 - the very fault
        {"language": "de"},
        {"shop_id": "x" * 37},
        {"order_container_id": ""},
        {"order_container_id": "x" * 37},
        {"notification_url": "javascript:alert(1)"},
        {"success_url": "https://lounge.example/" + "x" * 1000},
        {"fail_url": "/back"},
        {"return_url": "https://lounge.example/a b"},
    ],
    ids=lambda change: str(change)[:40],
)
def test_impossible_order_is_refused_before_any_call(new_order, change):
    with pytest.raises(ValueError):  # noqa: PT011 - the sentences are for people
        replace(new_order, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"phone": "123456789"},
        {"phone": "+7900123456789012"},
        {"phone": "call 79001234567"},
        {"phone": "٧٩٠٠١٢٣٤٥٦٧"},
        {"name": "x" * 501},
        {"email": "x" * 101},
        {"address": "x" * 1001},
        {"type": "company"},
        {"inn": "12345"},
        {"kpp": "990001001"},
        {"type": "legal", "inn": "990000001246", "kpp": "990001001"},
        {"type": "legal", "inn": "9900000017", "kpp": "99000100"},
    ],
    ids=str,
)
def test_impossible_customer_is_refused_without_quoting_it(change):
    customer = Customer("Вера Заречная", "vera@zarechnaya.example", "79001234567")
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the sentences are for people
        replace(customer, **change)
    longest = max((str(value) for value in change.values()), key=len)
    assert longest not in str(refusal.value) or longest == "company"


def test_names_and_links_of_a_buyer_do_not_show_when_printed(new_order):
    shown = repr(new_order)
    for private in ("Заречная", "vera@", "900", "r-417"):
        assert private not in shown
