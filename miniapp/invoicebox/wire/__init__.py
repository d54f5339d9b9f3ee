"""What is said to the provider and heard from it, one kind of thing a file.

Inside the product money is whole kopecks and a status is one of an enum; JSON numbers in
roubles and the provider's spellings exist only here. What we say is checked when it is made,
what we hear is checked field by field and may hold more than we know.
"""

from miniapp.invoicebox.wire.basket import Line, roubles
from miniapp.invoicebox.wire.marketplace import (
    NewShop,
    ProviderOffer,
    ProviderShop,
    ShopDetails,
    SpecialOffer,
)
from miniapp.invoicebox.wire.new_order import Customer, NewOrder, OrderChange, order_body
from miniapp.invoicebox.wire.notification import (
    MalformedNotification,
    Notification,
    parse_notification,
)
from miniapp.invoicebox.wire.organisation import Organisation
from miniapp.invoicebox.wire.provider_order import ProviderOrder, parse_order
from miniapp.invoicebox.wire.refund import (
    NewCorrection,
    NewRefund,
    ProviderRefund,
    RefundableLine,
    RefundLine,
)
from miniapp.invoicebox.wire.shipment import NewShipment, ProviderShipment
from miniapp.invoicebox.wire.statuses import OrderStatus, RefundStatus, ShipmentStatus, status_of
from miniapp.invoicebox.wire.vat import VAT_RATES, vat_of

__all__ = [
    "VAT_RATES",
    "Customer",
    "Line",
    "MalformedNotification",
    "NewCorrection",
    "NewOrder",
    "NewRefund",
    "NewShipment",
    "NewShop",
    "Notification",
    "OrderChange",
    "OrderStatus",
    "Organisation",
    "ProviderOffer",
    "ProviderOrder",
    "ProviderRefund",
    "ProviderShipment",
    "ProviderShop",
    "RefundLine",
    "RefundStatus",
    "RefundableLine",
    "ShipmentStatus",
    "ShopDetails",
    "SpecialOffer",
    "order_body",
    "parse_notification",
    "parse_order",
    "roubles",
    "status_of",
    "vat_of",
]
