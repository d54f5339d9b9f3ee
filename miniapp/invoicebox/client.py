"""The provider as a shop uses it: one class, methods named after what a shop does.

The address is the only difference between the provider and a stand-in for it. Each method
makes a request, understands the answer, and checks that it is about what was asked: a list that
ignored our filter, or an order that is not ours, is never taken for an answer.
"""

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

from miniapp.invoicebox.answers import data_of
from miniapp.invoicebox.errors import BadToken, OutcomeUnknown
from miniapp.invoicebox.transport import Answer, Transport
from miniapp.invoicebox.wire import NewOrder, OrderStatus, ProviderOrder, order_body, parse_order
from miniapp.invoicebox.wire.reading import Fields, Unreadable, as_object, optional_moment

AUTH = "/security/api/auth/auth"
ORDER = "/billing/api/order/order"
ORDER_LIST = "/filter/api/order/order"


class Merchant:
    """One shop at the provider (Invoicebox API reference, sections 2 to 6).

    Every method raises ``Refused``, ``Unavailable`` or ``OutcomeUnknown``. Timeouts are seconds:
    how long to wait for a connection, for the answer to a read (which has twelve seconds with its
    repetitions) and to a write. May be used by several threads at once.
    """

    def __init__(
        self,
        *,
        api_url: str,
        version: Literal["v3", "l3"],
        token: str,
        merchant_id: str,
        user_agent: str,
        connect_timeout: float = 5.0,
        read_timeout: float = 10.0,
        write_timeout: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if version not in ("v3", "l3"):
            raise ValueError("the API version is v3 or l3")
        if not merchant_id:
            raise ValueError("the merchant id is empty")
        self.merchant_id = merchant_id
        self._transport = Transport(
            base_url=f"{api_url.rstrip('/')}/{version}",
            token=token,
            user_agent=user_agent,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            write_timeout=write_timeout,
            sleep=sleep,
            clock=clock,
        )

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._transport.close()

    def check_token(self) -> bool:
        """Tell whether the provider knows our token.

        Without a valid one it may also answer 200 for an anonymous user (section 3).
        """
        answer = self._transport.read(AUTH)
        try:
            user_id = _object_of(answer).get("userId")
        except BadToken:
            return False
        return isinstance(user_id, str) and user_id != ""

    def create_order(self, new: NewOrder) -> ProviderOrder:
        """Create an order and return it as the provider has it. Never repeated.

        After ``OutcomeUnknown`` or ``Duplicate`` use ``find_order``. The caller compares the
        amount and looks at ``processable`` before it sends anybody to pay.
        """
        answer = self._transport.write("POST", ORDER, order_body(new, self.merchant_id))
        return _order_of(answer, merchantId=self.merchant_id, merchantOrderId=new.merchant_order_id)

    def order(self, order_id: str) -> ProviderOrder | None:
        """Read one order by the provider's id, None when there is none."""
        answer = self._transport.read(_order_path(order_id))
        if answer.status in (404, 405):  # not every installation has the single path
            return self._newest_order(id=order_id)
        return _order_of(answer, id=order_id)

    def find_order(self, merchant_order_id: str) -> ProviderOrder | None:
        """Look an order up by our number, None when the provider has none.

        If it has several, the newest that is not cancelled.
        """
        return self._newest_order(merchantOrderId=merchant_order_id, merchantId=self.merchant_id)

    def cancel_order(self, order_id: str) -> ProviderOrder:
        """Cancel an unpaid order, or reverse a guarantee that was not shipped (section 6.11).

        Returns the order with the status it has now. ``WrongStatus`` means that only a refund
        can give the money back. Never repeated.
        """
        return _order_of(self._transport.write("DELETE", _order_path(order_id)), id=order_id)

    def _newest_order(self, **wanted: str) -> ProviderOrder | None:
        answer = self._transport.read(ORDER_LIST, {**wanted, "_order[createdAt]": "desc"})
        rows = sorted(_rows_of(answer, wanted), key=_created_at, reverse=True)
        orders = [_read_order(row, answer) for row in rows]
        alive = [order for order in orders if order.status is not OrderStatus.CANCELED]
        return next(iter(alive + orders), None)


def _order_path(order_id: str) -> str:
    if not re.fullmatch("[0-9A-Za-z-]{1,36}", order_id):
        raise ValueError("not an order id of the provider")
    return f"{ORDER}/{order_id}"


def _object_of(answer: Answer) -> Fields:
    data = data_of(answer)
    try:
        return as_object(data, "data")
    except Unreadable as fault:
        raise OutcomeUnknown(f"answer: {fault}", request_id=answer.request_id) from None


def _order_of(answer: Answer, **wanted: str) -> ProviderOrder:
    fields = _object_of(answer)
    if not _is_about(fields, wanted):
        raise OutcomeUnknown("the answer is about another order", request_id=answer.request_id)
    return _read_order(fields, answer)


def _read_order(fields: Fields, answer: Answer) -> ProviderOrder:
    try:
        return parse_order(fields)
    except Unreadable as fault:
        raise OutcomeUnknown(f"answer: {fault}", request_id=answer.request_id) from None


def _rows_of(answer: Answer, wanted: Mapping[str, str]) -> list[Fields]:
    """The rows that are what we asked for.

    Rows, but only foreign ones, mean that the filter was ignored; then "there is none" would be
    a guess, and a guess here lets go of an order that may be paid.
    """
    data = data_of(answer)
    if not isinstance(data, list):
        raise OutcomeUnknown("answer: data is not a list", request_id=answer.request_id)
    rows: list[Fields] = [row for row in data if isinstance(row, dict) and _is_about(row, wanted)]
    if data and not rows:
        raise OutcomeUnknown("the list ignored the filter", request_id=answer.request_id)
    return rows


def _is_about(fields: Fields, wanted: Mapping[str, str]) -> bool:
    return all(_is_same(name, fields.get(name), value) for name, value in wanted.items())


def _is_same(name: str, given: object, wanted: str) -> bool:
    if name == "merchantOrderId":
        return given == wanted
    return isinstance(given, str) and given.lower() == wanted.lower()  # UUIDs


def _created_at(row: Fields) -> datetime:
    return optional_moment(row, "createdAt") or datetime.min.replace(tzinfo=UTC)
