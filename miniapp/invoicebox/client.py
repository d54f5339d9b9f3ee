"""The provider as a shop uses it: one class, methods named after what a shop does.

The address is the only difference between the provider and a stand-in for it. Each method
makes a request, understands the answer, and checks that it is about what was asked (``answers``).

A call that changes something ends in one of four ways: it returns, and it was done; ``Refused``
or ``Unavailable``, and it was not; ``OutcomeUnknown``, and it is looked up, never repeated.
"""

import re
import time
from collections.abc import Callable
from typing import Literal

from miniapp.base.limits import Limiter, LocalLimiter
from miniapp.invoicebox.answers import listing_of, matching, object_of
from miniapp.invoicebox.calls.listing import ListingCalls
from miniapp.invoicebox.calls.orders import OrderCalls
from miniapp.invoicebox.calls.refunds import RefundCalls
from miniapp.invoicebox.calls.shipments import SHIPMENT, ShipmentCalls
from miniapp.invoicebox.errors import BadToken
from miniapp.invoicebox.throttle import WINDOW, Throttle
from miniapp.invoicebox.transport import PROBE, Transport
from miniapp.invoicebox.wire.organisation import Organisation, parse_organisation

COUNTERPARTY = "/filter/api/counterparty-detail"


class Merchant(OrderCalls, RefundCalls, ShipmentCalls, ListingCalls):
    """One shop at the provider (Invoicebox API reference, sections 2 to 14).

    Every method raises ``Refused``, ``Unavailable`` or ``OutcomeUnknown``. Timeouts are seconds:
    how long to wait for a connection, for the answer to a read (which has twelve seconds with its
    repetitions) and to a write; ``patience``, for a turn (``throttle``) before that.

    The ``limiter`` counts the requests of the account; hand in one that all its processes share.
    With ``background`` nobody waits for the calls, and they leave room for those of buyers; with
    a patience longer than the window of 30 seconds they are slowed down rather than refused.
    ``shipment_list`` is the path on which shipments are listed (D5). May be used by several
    threads at once.
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
        patience: float = 8.0,
        limiter: Limiter | None = None,
        background: bool = False,
        shipment_list: str = SHIPMENT,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if version not in ("v3", "l3"):
            raise ValueError("the API version is v3 or l3")
        if not merchant_id:
            raise ValueError("the merchant id is empty")
        self.merchant_id = merchant_id
        self._shipment_list = shipment_list
        self._transport = Transport(
            base_url=f"{api_url.rstrip('/')}/{version}",
            token=token,
            user_agent=user_agent,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            write_timeout=write_timeout,
            throttle=Throttle(
                limiter=limiter or LocalLimiter(window=WINDOW, clock=clock),
                background=background,
                patience=patience,
                sleep=sleep,
                clock=clock,
            ),
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
        answer = self._transport.read(PROBE)
        try:
            user_id = object_of(answer).get("userId")
        except BadToken:
            return False
        return isinstance(user_id, str) and user_id != ""

    def organisation(self, inn: str) -> Organisation | None:
        """Find an organisation by its INN, None when the register has none (section 11).

        The caller has checked the INN's check digits and bounds how many it asks for; here only
        ten or twelve digits are demanded (ValueError). Of several branches, the first is taken.
        """
        if not re.fullmatch("[0-9]{10}|[0-9]{12}", inn):
            raise ValueError("an INN has 10 or 12 digits")
        wanted = {"vatNumber": inn}
        answer = self._transport.read(COUNTERPARTY, wanted)
        found = matching(answer, listing_of(answer).rows, parse_organisation, wanted)
        return next(iter(found), None)
