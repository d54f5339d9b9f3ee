"""What the sandbox remembers, in memory only."""

from miniapp.sandbox.state.memory import State
from miniapp.sandbox.state.records import Draft, Letter, Line, Offer, Order, Refund, Shipment, Shop
from miniapp.sandbox.state.refunds import RefundClaim

__all__ = [
    "Draft",
    "Letter",
    "Line",
    "Offer",
    "Order",
    "Refund",
    "RefundClaim",
    "Shipment",
    "Shop",
    "State",
]
