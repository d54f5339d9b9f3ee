"""Invitations of new shops by a partner (section 13)."""

import uuid
from threading import Lock


class Invitations:
    """Codes that wait to be used; may be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: set[tuple[str, str]] = set()

    def invite(self, partner_id: str) -> str:
        """A fresh activation code, for this partner only."""
        code = uuid.uuid4().hex[:8].upper()
        with self._lock:
            self._open.add((partner_id, code))
        return code

    def activate(self, partner_id: str, code: str) -> bool:
        """Use a code up; False when it is unknown or was used."""
        with self._lock:
            known = (partner_id, code) in self._open
            self._open.discard((partner_id, code))
        return known
