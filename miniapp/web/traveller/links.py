"""The buyer's links: *manage* is the buyer's own, *return* is what the provider gets."""

from typing import Any

from flask import url_for

from miniapp.base.tokens import BadToken, subject_of
from miniapp.orders import queries
from miniapp.orders.errors import OrderNotFound
from miniapp.orders.models import Order, Voucher
from miniapp.web import house
from miniapp.web.traveller import facts, forms

MANAGE, RETURN, VOUCHER = "manage", "return", "voucher"


def manage(number: str, generation: int = 0) -> str:
    """The token with which the buyer sees and changes an order."""
    return house().signer.token(purpose=MANAGE, subject=number, generation=generation)


def opened(token: str, purpose: str) -> Order:
    """The order a link opens for a purpose; raises OrderNotFound whatever is wrong with it."""
    try:
        order = queries.by_number(subject_of(token))
        house().signer.check(token, purpose=purpose, generation=order.link_generation)
    except BadToken:
        raise OrderNotFound from None
    return order


def opened_voucher(token: str) -> Voucher:
    """The voucher a link opens; raises OrderNotFound whatever is wrong with it."""
    try:
        voucher = queries.voucher(subject_of(token))
        house().signer.check(token, purpose=VOUCHER, generation=voucher.generation)
    except BadToken:
        raise OrderNotFound from None
    return voucher


def voucher_page(voucher: Voucher) -> str:
    """The address of a voucher's page."""
    token = house().signer.token(
        purpose=VOUCHER, subject=voucher.code, generation=voucher.generation
    )
    return url_for("traveller.voucher", token=token)


def choice_of(order: Order) -> str:
    """The lounge's form with what was chosen in an order, names and contacts left out."""
    visit = order.visits[0]
    values: dict[str, Any] = facts.of_visit(visit).query() | forms.of_order(order).choice()
    return url_for("traveller.lounge", slug=visit.lounge.slug, **values)


def public(path: str) -> str:
    """The full address of a path of ours, for those who are not on our pages."""
    return house().public_url + path
