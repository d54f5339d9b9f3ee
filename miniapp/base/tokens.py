"""Capability links: who holds the link may do what it is for.

A token is ``<subject>.<mac>``; the MAC covers the purpose, the subject and its generation, so a
link for one purpose opens nothing else, letters and return addresses can be made again at any
time, nothing is stored, and raising the generation of a row makes its old links void.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

# 160 bits: more than the 128 that a link which opens an order needs.
_MAC_BYTES = 20
_SHAPE = re.compile(r"([A-Za-z0-9-]{1,40})\.([A-Za-z0-9_-]{27})")


class BadToken(Exception):
    """The link is not one of ours, is for something else, or is void."""


@dataclass(frozen=True)
class Signer:
    """Makes and checks links with the installation's secret key."""

    key: str

    def token(self, *, purpose: str, subject: str, generation: int = 0) -> str:
        """The token that opens ``subject`` for ``purpose``."""
        return f"{subject}.{self._mac(purpose, subject, generation)}"

    def check(self, token: str, *, purpose: str, generation: int = 0) -> str:
        """The subject of a token; raises BadToken."""
        subject = subject_of(token)
        expected = self.token(purpose=purpose, subject=subject, generation=generation)
        if not hmac.compare_digest(token.encode(), expected.encode()):
            raise BadToken
        return subject

    def _mac(self, purpose: str, subject: str, generation: int) -> str:
        message = f"{purpose}\0{subject}\0{generation}".encode()
        digest = hmac.digest(self.key.encode(), message, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_MAC_BYTES]).decode().rstrip("=")


def subject_of(token: str) -> str:
    """What a token claims to be about, unchecked; raises BadToken when it has no such shape."""
    match = _SHAPE.fullmatch(token)
    if match is None:
        raise BadToken
    return match[1]
