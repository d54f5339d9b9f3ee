"""Every call against the sandbox over HTTP: two readings of one reference must agree.

The sandbox shares no code with the client, so what both of them take for granted stands in the
reference. Faults are switched on as an operator would, by ``POST /faults``.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.errors import Duplicate, OutcomeUnknown, Refused, Unavailable, WrongStatus
from miniapp.invoicebox.wire import (
    NewCorrection,
    NewOrder,
    NewRefund,
    NewShipment,
    NewShop,
    OrderChange,
    OrderStatus,
    ProviderOrder,
    RefundableLine,
    RefundLine,
    RefundStatus,
    ShipmentStatus,
)
from miniapp.sandbox import SandboxSettings
from tests.invoicebox.writes import ADULT, CHILD, DETAILS, NEW_ORDER, OFFER, SHOP
from tests.sandbox.conftest import listening, serving

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def sandbox_url() -> Iterator[str]:
    """A sandbox whose refunds arrive at once."""
    with listening() as webhook:
        settings = SandboxSettings(notification_url=webhook.url, limits=False, refund_seconds=0.0)
        with serving(settings) as url:
            yield url


@pytest.fixture
def make_shop(sandbox_url: str) -> Iterator[Callable[..., Merchant]]:
    made: list[Merchant] = []

    def make(**changes: Any) -> Merchant:
        settings: dict[str, Any] = {
            "api_url": sandbox_url,
            "version": "v3",
            "token": "t" * 32,
            "merchant_id": SHOP,
            "user_agent": "LoungeMiniApp/0.1 (Flask 3.1)",
        }
        made.append(Merchant(**settings | changes))
        return made[-1]

    yield make
    requests.post(f"{sandbox_url}/faults", json={"fault": "none"}, timeout=10)
    for shop in made:
        shop.close()


@pytest.fixture
def shop(make_shop: Callable[..., Merchant]) -> Merchant:
    return make_shop()


@pytest.fixture
def pay(sandbox_url: str) -> Callable[[ProviderOrder, str], None]:
    """Pay an order on the payment page: ``card`` or ``hold``."""

    def pay(order: ProviderOrder, way: str) -> None:
        assert order.payment_url
        requests.post(f"{order.payment_url}/pay", data={"way": way}, timeout=10)

    return pay


@pytest.fixture
def strike(sandbox_url: str) -> Callable[..., None]:
    """Let the next write go wrong."""

    def strike(fault: str, method: str) -> None:
        asked = {"fault": fault, "path": f"{method} /v3/", "delay_ms": 0}
        assert requests.post(f"{sandbox_url}/faults", json=asked, timeout=10).status_code == 200

    return strike


def new_order(**changes: Any) -> NewOrder:
    """An order of an adult and a child under a fresh number, with a container of its own."""
    fresh = replace(
        NEW_ORDER,
        merchant_order_id=f"LNG-{uuid.uuid4().hex[:12]}",
        expires_at=datetime.now(UTC) + timedelta(hours=1),
        order_container_id=None,
        notification_url=None,
    )
    return replace(fresh, **changes)


def refund_of(order: ProviderOrder, *lines: RefundLine, draft: bool = False) -> NewRefund:
    number = f"{order.merchant_order_id}-R{uuid.uuid4().hex[:4]}"
    return NewRefund(number, order.id, lines, "Возврат", draft)


def shipment_of(order: ProviderOrder, *, final: bool) -> NewShipment:
    number = f"{order.merchant_order_id}-S{uuid.uuid4().hex[:4]}"
    return NewShipment(order.id, number, TODAY, (CHILD,) if final else (ADULT,), final)


@pytest.mark.parametrize("version", ["v3", "l3"])
def test_token_is_known_under_both_versions(make_shop, version):
    assert make_shop(version=version).check_token()
    assert not make_shop(version=version, token="wrong").check_token()


def test_order_is_created_found_changed_and_cancelled(shop):
    new = new_order()
    order = shop.create_order(new)
    assert (order.status, order.amount, order.currency) == (OrderStatus.CREATED, 675_050, "RUB")
    assert order.processable
    assert shop.order(order.id) == shop.find_order(new.merchant_order_id) == order
    with pytest.raises(Duplicate):
        shop.create_order(new)

    later = (datetime.now(UTC) + timedelta(hours=3)).replace(microsecond=0)
    assert shop.update_order(order.id, OrderChange(expires_at=later)).expires_at == later
    changed = shop.update_order(order.id, OrderChange(lines=(ADULT,), description="Один гость"))
    assert (changed.amount, changed.expires_at) == (450_000, later)

    assert shop.cancel_order(order.id).status is OrderStatus.CANCELED
    with pytest.raises(WrongStatus):
        shop.update_order(order.id, OrderChange(expires_at=later))
    assert shop.find_order("LNG-nobody") is None
    with pytest.raises(Refused):
        shop.cancel_order(str(uuid.uuid4()))


def test_paid_order_is_refunded_line_by_line(shop, pay):
    order = shop.create_order(new_order())
    with pytest.raises(WrongStatus):
        shop.create_refund(refund_of(order, RefundLine.whole(ADULT)))
    pay(order, "card")
    with pytest.raises(WrongStatus):
        shop.cancel_order(order.id)

    first = refund_of(order, RefundLine(ADULT, 100_000, 18_033))
    refund = shop.create_refund(first)
    assert (refund.amount, refund.vat_amount, refund.order_id) == (100_000, 18_033, order.id)
    left = (RefundableLine(ADULT.sku, 350_000, 63_115), RefundableLine(CHILD.sku, 225_050, 40_583))
    assert shop.refundable_lines(order.id) == left
    with pytest.raises(Duplicate):
        shop.create_refund(first)
    with pytest.raises(Refused):
        shop.create_refund(refund_of(order, RefundLine.whole(ADULT)))

    rest = refund_of(order, RefundLine(ADULT, left[0].amount, left[0].vat), RefundLine.whole(CHILD))
    shop.create_refund(rest)
    assert shop.refundable_lines(order.id) == (
        RefundableLine(ADULT.sku, 0, 0),
        RefundableLine(CHILD.sku, 0, 0),
    )
    refunds = shop.refunds(order.id)
    assert [one.number for one in refunds] == [first.number, rest.number]
    assert {one.status for one in refunds} == {RefundStatus.COMPLETED}
    assert shop.find_refund(first.number) == shop.refund(refund.id) == refunds[0]
    assert shop.find_refund("LNG-nobody-R1") is None


def test_fee_is_withheld_by_a_draft_and_its_correction(shop, pay):
    order = shop.create_order(new_order())
    pay(order, "card")
    draft = shop.create_refund(refund_of(order, RefundLine.whole(ADULT), draft=True))
    assert draft.status is RefundStatus.DRAFT
    fee = new_order(lines=(replace(ADULT, sku="fee", price=90_000),))
    correction = shop.create_correction(NewCorrection(draft.id, fee))
    assert (correction.status, correction.amount) == (OrderStatus.COMPLETED, 90_000)
    assert shop.find_order(fee.merchant_order_id) == correction
    assert shop.refund(draft.id).status is RefundStatus.COMPLETED
    with pytest.raises(WrongStatus):
        shop.create_correction(NewCorrection(draft.id, new_order(lines=fee.lines)))


@pytest.mark.parametrize("path", ["/billing/api/order/shipment", "/filter/api/order/shipment"])
def test_held_money_is_charged_by_shipments(make_shop, pay, path):
    shop = make_shop(shipment_list=path)
    order = shop.create_order(new_order())
    early = shipment_of(order, final=False)
    with pytest.raises(WrongStatus):
        shop.create_shipment(early)
    assert shop.shipments(order.id) == ()
    pay(order, "hold")
    assert shop.order(order.id).status is OrderStatus.HOLD

    made = [shop.create_shipment(shipment_of(order, final=final)) for final in (False, True)]
    assert [one.amount for one in made] == [450_000, 225_050]
    assert [one.final for one in made] == [False, True]
    assert {one.status for one in made} == {ShipmentStatus.COMPLETED}
    assert shop.shipments(order.id) == tuple(made)
    assert shop.find_shipment(order.id, str(made[1].document_number)) == made[1]
    assert shop.find_shipment(order.id, "LNG-nobody-S1") is None
    assert shop.order(order.id).status is OrderStatus.COMPLETED


def test_organisation_is_found_by_its_inn(shop):
    found = shop.organisation("9900000017")
    assert (found.inn, found.kpp) == ("9900000017", "990101001")
    assert found.name
    assert found.address
    assert shop.organisation("7700000005") is None


def test_point_of_sale_and_offer_are_published(shop, sandbox_url):
    made = shop.create_shop(NewShop("Бизнес-зал «Бриз»", "Тихий зал"))
    assert made.title == "Бизнес-зал «Бриз»"
    changed = shop.update_shop(made.id, DETAILS)
    assert (changed.id, changed.shop_url) == (made.id, DETAILS.shop_url)
    offer = shop.put_special_offer(OFFER)
    assert shop.put_special_offer(replace(OFFER, active=False)) == offer
    with pytest.raises(Refused):
        shop.update_shop(made.id + 1000, DETAILS)


@pytest.mark.parametrize(
    ("fault", "is_done"), [("cut_after", True), ("timeout_before", False), ("status_500", False)]
)
class TestLostAnswer:
    """Whatever became of the request, the look-up tells it, and nothing was said twice."""

    def test_order(self, shop, strike, fault, is_done):
        new = new_order()
        strike(fault, "POST")
        with pytest.raises(OutcomeUnknown):
            shop.create_order(new)
        assert (shop.find_order(new.merchant_order_id) is not None) is is_done

    def test_change(self, shop, strike, fault, is_done):
        order = shop.create_order(new_order())
        strike(fault, "PUT")
        with pytest.raises(OutcomeUnknown):
            shop.update_order(order.id, OrderChange(lines=(ADULT,)))
        assert shop.order(order.id).amount == (450_000 if is_done else 675_050)

    def test_cancelling(self, shop, strike, fault, is_done):
        order = shop.create_order(new_order())
        strike(fault, "DELETE")
        with pytest.raises(OutcomeUnknown):
            shop.cancel_order(order.id)
        assert (shop.order(order.id).status is OrderStatus.CANCELED) is is_done

    def test_refund(self, shop, pay, strike, fault, is_done):
        order = shop.create_order(new_order())
        pay(order, "card")
        new = refund_of(order, RefundLine.whole(ADULT))
        strike(fault, "POST")
        with pytest.raises(OutcomeUnknown):
            shop.create_refund(new)
        assert (shop.find_refund(new.number) is not None) is is_done
        assert len(shop.refunds(order.id)) == is_done

    def test_shipment(self, shop, pay, strike, fault, is_done):
        order = shop.create_order(new_order())
        pay(order, "card")
        new = shipment_of(order, final=False)
        strike(fault, "POST")
        with pytest.raises(OutcomeUnknown):
            shop.create_shipment(new)
        assert (shop.find_shipment(order.id, new.document_number) is not None) is is_done
        assert len(shop.shipments(order.id)) == is_done


def test_asked_to_wait_we_wait_and_then_go_on(shop, strike):
    new = new_order()
    strike("status_429", "POST")
    with pytest.raises(Unavailable) as failure:
        shop.create_order(new)
    assert failure.value.retry_after == 1
    assert shop.find_order(new.merchant_order_id) is None
    assert shop.create_order(new).merchant_order_id == new.merchant_order_id
