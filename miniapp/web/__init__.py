"""The doors: read the request, make one call, answer."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from miniapp.base.limits import Limiter
from miniapp.base.sealing import Sealer
from miniapp.base.signing import SigningKey
from miniapp.base.tokens import Signer
from miniapp.invoicebox.client import Merchant

EXTENSION = "miniapp"


@dataclass(frozen=True)
class House:
    """What the doors hand to the operations they call; made once by ``create_app``."""

    merchant: Merchant
    signer: Signer
    public_url: str
    notification_keys: tuple[str, ...]
    signature_algorithm: str
    message_origins: str
    sealer: Sealer
    wrong_signatures: Limiter
    # The first signs, all are accepted.
    voucher_keys: tuple[SigningKey, ...]


def house() -> House:
    """The house of the running application."""
    return cast("House", current_app.extensions[EXTENSION])
