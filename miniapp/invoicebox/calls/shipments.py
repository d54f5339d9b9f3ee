"""What was rendered (Invoicebox API reference, section 9): it starts the closing documents."""

from miniapp.invoicebox.answers import about
from miniapp.invoicebox.calls.shop import Shop, newest
from miniapp.invoicebox.errors import OutcomeUnknown
from miniapp.invoicebox.wire.shipment import (
    NewShipment,
    ProviderShipment,
    parse_shipment,
    shipment_body,
)
from miniapp.invoicebox.wire.statuses import ShipmentStatus

SHIPMENT = "/billing/api/order/shipment"


class ShipmentCalls(Shop):
    """Report shipments and list them."""

    _shipment_list: str

    def create_shipment(self, new: NewShipment) -> ProviderShipment:
        """Report lines of an order as rendered and return the shipment. Never repeated.

        A repetition would be a second shipment: after ``OutcomeUnknown`` use ``find_shipment``.
        ``WrongStatus``: the order is not paid, or nothing is left to be shipped.
        """
        answer = self._transport.write("POST", SHIPMENT, shipment_body(new))
        wanted = {"orderId": new.order_id, "documentNumber": new.document_number}
        return about(answer, parse_shipment, wanted)

    def shipments(self, order_id: str) -> tuple[ProviderShipment, ...]:
        """The shipments of an order without those that were cancelled.

        Sources differ on the path, and a filter may be ignored (D5): each row's order is checked.
        """
        rows = self._whole_list(self._shipment_list, parse_shipment, {"orderId": order_id})
        return tuple(row for row in rows if row.status is not ShipmentStatus.CANCELED)

    def find_shipment(self, order_id: str, document_number: str) -> ProviderShipment | None:
        """Look a shipment up by the number of its document, None when the provider has none.

        ``OutcomeUnknown`` when one of the order's shipments has no number: it may be this one.
        """
        rows = self.shipments(order_id)
        found = newest(row for row in rows if row.document_number == document_number)
        if found is None and any(row.document_number is None for row in rows):
            raise OutcomeUnknown("a shipment without its document number")
        return found
