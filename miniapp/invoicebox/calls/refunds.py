"""Money that goes back after an order was paid (Invoicebox API reference, section 10)."""

from miniapp.invoicebox.answers import about, listing_of, understood
from miniapp.invoicebox.calls.shop import Shop, newest
from miniapp.invoicebox.wire.checks import demand_id
from miniapp.invoicebox.wire.provider_order import ProviderOrder, parse_order
from miniapp.invoicebox.wire.reading import as_object
from miniapp.invoicebox.wire.refund import (
    NewCorrection,
    NewRefund,
    ProviderRefund,
    RefundableLine,
    correction_body,
    parse_refund,
    parse_refundable,
    refund_body,
)
from miniapp.invoicebox.wire.statuses import RefundStatus

REFUND = "/billing/api/order/refund-order"
REFUND_LIST = "/filter/api/order/refund-order"
CORRECTION = "/billing/api/order/correction-order"


class RefundCalls(Shop):
    """Refund an order wholly or by its lines, with or without a fee withheld."""

    def refundable_lines(self, order_id: str) -> tuple[RefundableLine, ...] | None:
        """What is left of each line to be given back (section 10.1).

        None when the provider does not tell the sums: then they are the order's lines less its
        earlier ``refunds``. ``Refused`` when it does not know the order.
        """
        demand_id(order_id, "an order id")
        answer = self._transport.read(f"/billing/api/order/order/{order_id}/refund-basket-item")
        rows = [understood(answer, as_object, row, "a line") for row in listing_of(answer).rows]
        return understood(answer, parse_refundable, rows)

    def create_refund(self, new: NewRefund) -> ProviderRefund:
        """Refund a paid order, in part or wholly, and return the refund. Never repeated.

        ``Duplicate``: the number is used, so this refund was made before. After it and after
        ``OutcomeUnknown`` use ``find_refund``. ``WrongStatus``: the order is not paid; cancel it.
        """
        answer = self._transport.write("POST", REFUND, refund_body(new))
        wanted = {
            "parentId": new.order_id,
            "merchantOrderId": new.number,
            "merchantId": self.merchant_id,
        }
        return about(answer, parse_refund, wanted)

    def create_correction(self, new: NewCorrection) -> ProviderOrder:
        """Withhold a fee from a draft refund (section 10, "withheld fee"). Never repeated.

        Returns the order of the fee. After ``OutcomeUnknown`` or ``Duplicate`` use
        ``find_order`` with its number; ``refund`` tells whether the draft goes out now.
        """
        body = correction_body(new, self.merchant_id)
        wanted = {"merchantId": self.merchant_id, "merchantOrderId": new.order.merchant_order_id}
        return about(self._transport.write("POST", CORRECTION, body), parse_order, wanted)

    def refund(self, refund_id: str) -> ProviderRefund | None:
        """Read one refund by the provider's id, None when there is none."""
        return newest(self._refunds({"id": refund_id}))

    def find_refund(self, number: str) -> ProviderRefund | None:
        """Look a refund up by our number, None when the provider has none.

        If it has several, the newest that is not cancelled.
        """
        refunds = self._refunds({"merchantOrderId": number, "merchantId": self.merchant_id})
        return newest(_alive(refunds) or refunds)

    def refunds(self, order_id: str) -> tuple[ProviderRefund, ...]:
        """The refunds of an order, drafts too, without those that were cancelled."""
        return tuple(_alive(self._refunds({"parentId": order_id})))

    def _refunds(self, wanted: dict[str, str]) -> list[ProviderRefund]:
        return self._whole_list(REFUND_LIST, parse_refund, wanted)


def _alive(refunds: list[ProviderRefund]) -> list[ProviderRefund]:
    return [refund for refund in refunds if refund.status is not RefundStatus.CANCELED]
