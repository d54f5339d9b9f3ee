"""Organisations and entrepreneurs by their INN (section 11)."""

import re

from flask import Blueprint, Response, request

from miniapp.sandbox import registry
from miniapp.sandbox.api.envelope import several
from miniapp.sandbox.api.filtering import read_listing
from miniapp.sandbox.refusals import Fault, wrong_values

counterparties = Blueprint("counterparties", __name__)

COUNTERPARTY_KEYS = {"vatNumber": "text"}


@counterparties.get("/filter/api/counterparty-detail")
def find_counterparty() -> Response:
    """Whom an INN belongs to: one row, or none. The register cannot be listed."""
    listing = read_listing(request.args.items(multi=True), kinds=COUNTERPARTY_KEYS)
    asked = listing.any_of.get("vatNumber", [])
    if not asked or not all(re.fullmatch(registry.INN, text) for text in asked):
        raise wrong_values([Fault("vatNumber", "wrong_value", "10 or 12 digits")])
    return several(registry.counterparties(), keys=COUNTERPARTY_KEYS)
