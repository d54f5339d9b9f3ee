"""All doors of the API behind the one check of who asks."""

from flask import Blueprint, Response

from miniapp.sandbox.api import access
from miniapp.sandbox.api.agents import agents
from miniapp.sandbox.api.auth import auth
from miniapp.sandbox.api.confirmations import confirmations
from miniapp.sandbox.api.counterparties import counterparties
from miniapp.sandbox.api.envelope import answer
from miniapp.sandbox.api.marketplace import marketplace
from miniapp.sandbox.api.orders import orders
from miniapp.sandbox.api.partners import partners
from miniapp.sandbox.api.refunds import refunds
from miniapp.sandbox.api.shipments import shipments
from miniapp.sandbox.refusals import Refusal

api = Blueprint("merchant_api", __name__)
api.before_request(access.admit)
api.after_request(access.finish)
for door in (
    auth,
    orders,
    shipments,
    refunds,
    agents,
    confirmations,
    counterparties,
    marketplace,
    partners,
):
    api.register_blueprint(door)


@api.errorhandler(Refusal)
def refuse(refusal: Refusal) -> Response:
    """The error envelope of a refusal."""
    return answer(refusal.body(), refusal.status)
