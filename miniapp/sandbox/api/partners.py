"""A partner invites a new shop, which activates itself (section 13)."""

import uuid

from flask import Blueprint, Response

from miniapp.base.i18n import gettext
from miniapp.sandbox.api.envelope import one, read_body
from miniapp.sandbox.fields import Fields
from miniapp.sandbox.refusals import Fault, wrong_values
from miniapp.sandbox.room import room
from miniapp.sandbox.state import Letter

partners = Blueprint("partners", __name__)

SENDER = "Invoicebox sandbox <sandbox@invoicebox.example>"


@partners.post("/notification/api/invite")
def invite() -> Response:
    """Invite a shop; the letter with its activation code is among the caught ones."""
    request = Fields(read_body(), faults=[])
    partner_id = request.text("partnerId", limit=36, required=True)
    request.one_of("type", ("email",), required=True)
    email = request.text("identifier", limit=100, required=True, pattern=r"[^@\s]+@[^@\s]+")
    if request.faults:
        raise wrong_values(request.faults)
    code = room().state.invitations.invite(partner_id)
    room().state.keep_letter(_letter(email, code))
    return one({"id": str(uuid.uuid4())})


def _letter(email: str, code: str) -> Letter:
    return Letter(
        at=room().clock(),
        sender=SENDER,
        recipients=(email,),
        subject=gettext("Invitation to Invoicebox"),
        text=gettext("Your activation code: %(code)s") % {"code": code},
        html="",
        attachments=(),
    )


@partners.post("/billing/api/merchant/merchant-integration-setting/activation")
def activate() -> Response:
    """Give the invited shop its id and its token; a code works once."""
    request = Fields(read_body(), faults=[])
    partner_id = request.text("partnerId", limit=36, required=True)
    code = request.text("activationCode", limit=36, required=True)
    if request.faults:
        raise wrong_values(request.faults)
    if not room().state.invitations.activate(partner_id, code):
        raise wrong_values([Fault("activationCode", "wrong_value", "Unknown or used")])
    token = room().settings.token or uuid.uuid4().hex
    return one({"merchantId": str(uuid.uuid4()), "token": token})
