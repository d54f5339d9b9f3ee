"""The check of a token (section 3)."""

import uuid

from flask import Blueprint, Response

from miniapp.sandbox.api.access import read_token
from miniapp.sandbox.api.envelope import one

auth = Blueprint("auth", __name__)


@auth.get("/security/api/auth/auth")
def check_auth() -> Response:
    """Who asks: without a token nobody, and that is no error."""
    token = read_token()
    user_id = None if token is None else str(uuid.uuid5(uuid.NAMESPACE_URL, token))
    return one({"userId": user_id, "profile": None, "accessToken": None})
