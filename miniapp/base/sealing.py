"""Encryption at rest: what is kept of people is unreadable without the installation's data key.

AES-256-GCM, with a key made from each data key of the settings. The first data key seals, all of
them open, so that a key can be changed while old values are still read. A sealed value begins
with a byte for its format and the name of its key; those and the purpose are authenticated with
the rest, so a value that was altered, or moved to where another kind is kept, does not open.
"""

import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORMAT = b"\x01"
_NAME_BYTES, _NONCE_BYTES = 8, 12
_HEAD_BYTES = len(_FORMAT) + _NAME_BYTES


class CannotOpen(Exception):
    """The value was sealed with a key that is not ours; or it was altered, or is no such value."""


class Sealer:
    """Seals and opens with the installation's data keys, the newest key first."""

    def __init__(self, keys: Sequence[str]) -> None:
        made = [_key(key) for key in keys]
        self._head = _head(made[0])
        self._ciphers = {_head(key): AESGCM(key) for key in made}

    def seal(self, plain: bytes, *, purpose: str) -> bytes:
        """The value sealed with the newest key; it opens for the same purpose only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self._head].encrypt(nonce, plain, _bound(self._head, purpose))
        return self._head + nonce + sealed

    def open(self, sealed: bytes, *, purpose: str) -> bytes:
        """What was sealed; raises CannotOpen."""
        head, rest = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES:]
        cipher = self._ciphers.get(head)
        if cipher is None:
            raise CannotOpen("it was sealed with a key that is not in MINIAPP_DATA_KEY")
        nonce, secret = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, secret, _bound(head, purpose))
        except (InvalidTag, ValueError):
            raise CannotOpen("it was altered after it had been sealed") from None

    def is_newest(self, sealed: bytes) -> bool:
        """Whether the newest key sealed it; else an older key is still needed."""
        return sealed[:_HEAD_BYTES] == self._head


def _key(data_key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"data at rest").derive(
        data_key.encode()
    )


def _head(key: bytes) -> bytes:
    """What a value sealed with the key begins with; tells nothing of the key."""
    return _FORMAT + hashlib.sha256(b"name of " + key).digest()[:_NAME_BYTES]


def _bound(head: bytes, purpose: str) -> bytes:
    return head + purpose.encode()
