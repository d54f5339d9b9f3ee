"""The wording a buyer agreed to, by its fingerprint."""

import hashlib

from miniapp.base.i18n import Text


def version(wording: Text) -> str:
    """Twelve hexadecimal digits that change with the wording in either language."""
    return hashlib.sha256(f"{wording.ru}\0{wording.en}".encode()).hexdigest()[:12]
