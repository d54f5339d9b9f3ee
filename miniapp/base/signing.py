"""Signatures that anybody can check: Ed25519, with a key made from a long random text.

The text stands in the settings; several do while keys change: the first one signs, the public
halves of all of them are accepted. A signature carries the short name of its key, so that who
checks it knows which of several to take.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SIGNATURE_BYTES = 64
NAME_BITS = 16


@dataclass(frozen=True)
class PublicKey:
    """What signatures are checked with: 32 bytes that may be known to everybody."""

    raw: bytes

    @cached_property
    def name(self) -> int:
        """The first sixteen bits of its SHA-256."""
        return int.from_bytes(hashlib.sha256(self.raw).digest()[: NAME_BITS // 8], "big")

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the owner of the key signed this message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """The key that signs."""

    def __init__(self, secret: str) -> None:
        made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"signing vouchers")
        self._key = Ed25519PrivateKey.from_private_bytes(made.derive(secret.encode()))
        self.public = PublicKey(self._key.public_key().public_bytes_raw())

    def signature(self, message: bytes) -> bytes:
        """The signature of a message, the same one every time."""
        return self._key.sign(message)
