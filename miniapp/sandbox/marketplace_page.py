"""The marketplace: what the shops have published, each point of sale with its ways in."""

from flask import Blueprint, render_template

from miniapp.sandbox.room import room

marketplace_page = Blueprint("marketplace_page", __name__)


@marketplace_page.get("/marketplace")
def show() -> str:
    """All points of sale and all offers, the newest first."""
    now = room().clock()
    state = room().state
    offers = [(offer, offer.runs(now=now)) for offer in reversed(state.offers())]
    return render_template(
        "sandbox/marketplace.html", shops=list(reversed(state.shops())), offers=offers
    )
