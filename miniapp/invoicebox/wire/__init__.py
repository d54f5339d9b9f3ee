"""What is said to the provider and heard from it, one kind of thing a file.

Inside the product money is whole kopecks and a status is an ``OrderStatus``; JSON numbers in
roubles and the provider's spellings exist only here. What we say is checked when it is made,
what we hear is checked field by field and may hold more than we know.
"""

from miniapp.invoicebox.wire.new_order import Customer, Line, NewOrder, order_body, roubles
from miniapp.invoicebox.wire.notification import (
    MalformedNotification,
    Notification,
    parse_notification,
)
from miniapp.invoicebox.wire.provider_order import ProviderOrder, parse_order
from miniapp.invoicebox.wire.statuses import OrderStatus, status_of
from miniapp.invoicebox.wire.vat import VAT_RATES, vat_of

__all__ = [
    "VAT_RATES",
    "Customer",
    "Line",
    "MalformedNotification",
    "NewOrder",
    "Notification",
    "OrderStatus",
    "ProviderOrder",
    "order_body",
    "parse_notification",
    "parse_order",
    "roubles",
    "status_of",
    "vat_of",
]
