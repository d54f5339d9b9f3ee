"""Orders at the provider (Invoicebox API reference, sections 4 to 6)."""

from miniapp.invoicebox.answers import about, listing_of, matching
from miniapp.invoicebox.calls.shop import Shop, newest
from miniapp.invoicebox.wire.checks import demand_id
from miniapp.invoicebox.wire.new_order import NewOrder, OrderChange, change_body, order_body
from miniapp.invoicebox.wire.provider_order import ProviderOrder, parse_order
from miniapp.invoicebox.wire.statuses import OrderStatus

ORDER = "/billing/api/order/order"
ORDER_LIST = "/filter/api/order/order"


class OrderCalls(Shop):
    """Create, change, cancel an order, and look at it."""

    def create_order(self, new: NewOrder) -> ProviderOrder:
        """Create an order and return it as the provider has it. Never repeated.

        After ``OutcomeUnknown`` or ``Duplicate`` use ``find_order``. The caller compares the
        amount and looks at ``processable`` before it sends anybody to pay.
        """
        answer = self._transport.write("POST", ORDER, order_body(new, self.merchant_id))
        wanted = {"merchantId": self.merchant_id, "merchantOrderId": new.merchant_order_id}
        return about(answer, parse_order, wanted)

    def update_order(self, order_id: str, change: OrderChange) -> ProviderOrder:
        """Change an unpaid order and return it as it is now (section 6.10). Never repeated.

        ``WrongStatus``: it is paid or over. After ``OutcomeUnknown`` read it with ``order`` and
        compare: the deadline and the amount tell whether the change was made.
        """
        answer = self._transport.write("PUT", _path(order_id), change_body(change))
        return about(answer, parse_order, {"id": order_id, "merchantId": self.merchant_id})

    def order(self, order_id: str) -> ProviderOrder | None:
        """Read one order by the provider's id, None when there is none."""
        answer = self._transport.read(_path(order_id))
        if answer.status in (404, 405):  # not every installation has the single path
            return self._newest_order({"id": order_id})
        return about(answer, parse_order, {"id": order_id})

    def find_order(self, merchant_order_id: str) -> ProviderOrder | None:
        """Look an order up by our number, None when the provider has none.

        If it has several, the newest that is not cancelled.
        """
        return self._newest_order(
            {"merchantOrderId": merchant_order_id, "merchantId": self.merchant_id}
        )

    def cancel_order(self, order_id: str) -> ProviderOrder:
        """Cancel an unpaid order, or reverse a guarantee that was not shipped (section 6.11).

        Returns the order with the status it has now. ``WrongStatus`` means that only a refund
        can give the money back. Never repeated; after ``OutcomeUnknown`` read it with ``order``.
        """
        answer = self._transport.write("DELETE", _path(order_id))
        return about(answer, parse_order, {"id": order_id})

    def _newest_order(self, wanted: dict[str, str]) -> ProviderOrder | None:
        answer = self._transport.read(ORDER_LIST, {**wanted, "_order[createdAt]": "desc"})
        orders = matching(answer, listing_of(answer).rows, parse_order, wanted)
        alive = [order for order in orders if order.status is not OrderStatus.CANCELED]
        return newest(alive or orders)


def _path(order_id: str) -> str:
    demand_id(order_id, "an order id")
    return f"{ORDER}/{order_id}"
