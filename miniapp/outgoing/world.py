"""What a sender may act on; made once by whoever starts the worker."""

from dataclasses import dataclass

from jinja2 import Environment

from miniapp.base.tokens import Signer
from miniapp.invoicebox.client import Merchant
from miniapp.outgoing.mailer import Mailer


@dataclass(frozen=True)
class World:
    """The mail server, the provider, the maker of links, and the templates of letters."""

    mailer: Mailer
    merchant: Merchant
    signer: Signer
    public_url: str
    templates: Environment
