"""8 Documents: a planned shipment is told to the provider, once.

There is no key that would make a repeat harmless, so after a lost answer the shipments of the
order are read and the one with our document number is taken for it (Invoicebox API reference,
section 9).
"""

from datetime import datetime

from miniapp.base.db import outside_transaction
from miniapp.base.outbox import Claimed
from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.errors import ProviderError, Refused
from miniapp.invoicebox.wire import NewShipment, ProviderShipment
from miniapp.orders import closing, documents
from miniapp.orders.documents import Busy, Report
from miniapp.orders.models import Shipment
from miniapp.outgoing.errors import NeverDelivered, NotYet, ServiceDown
from miniapp.outgoing.world import World


def send(claimed: Claimed, *, world: World, now: datetime) -> str:
    """See that the provider has one shipment, and give its id there."""
    number = claimed.payload["shipment"]
    try:
        report = documents.begin(number=number, now=now)
    except Busy as busy:
        raise NotYet(str(busy), until=now + busy.pause) from None
    if report is None:
        return "not needed"
    outside_transaction()
    try:
        provider_id = _report(report, world.merchant)
    except Refused as refusal:
        closing.get_stuck(Shipment, number=number, reason=refusal.code, now=now)
        raise NeverDelivered(f"needs a human: {refusal.code}") from None
    except ProviderError as failure:
        raise ServiceDown(str(failure)) from None
    documents.settle(number=number, provider_id=provider_id, now=now)
    return provider_id


def _report(report: Report, merchant: Merchant) -> str:
    known = merchant.find_shipment(report.provider_id, report.number)
    if known is None:
        known = _created(report, merchant)
    return str(known.id)


def _created(report: Report, merchant: Merchant) -> ProviderShipment:
    new = NewShipment(
        order_id=report.provider_id,
        document_number=report.number,
        document_date=report.day,
        lines=report.lines,
        final=report.is_final,
    )
    try:
        return merchant.create_shipment(new)
    except Refused:
        # A worker that was slower than its lease may have been faster than this one.
        found = merchant.find_shipment(report.provider_id, report.number)
        if found is None:
            raise
        return found
