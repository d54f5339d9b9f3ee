"""What the API answers when it does not do what was asked.

Invoicebox API reference, sections 2.1 and 2.2. The reference names no code for a field of a
wrong type or length; here it is ``wrong_value``, the word it uses for a field, and the faulty
fields are listed with ``required``, ``too_long`` or ``wrong_value``.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One field that was not accepted: its path, a code and a sentence."""

    name: str
    code: str
    message: str


class Refusal(Exception):
    """A request that is answered with an error envelope."""

    def __init__(
        self, status: int, code: str, message: str, fields: tuple[Fault, ...] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields

    def body(self) -> dict[str, Any]:
        """The error envelope; ``code`` and ``fields`` only when there are any."""
        error: dict[str, Any] = {"code": self.code} if self.code else {}
        error["message"] = self.message
        if self.fields:
            error["fields"] = [
                {"name": fault.name, "code": fault.code, "message": fault.message}
                for fault in self.fields
            ]
        return {"error": error}


def unprocessable(code: str, message: str, *fields: Fault) -> Refusal:
    """A 422 with one of the codes of section 2.2."""
    return Refusal(422, code, message, fields)


def wrong_values(faults: list[Fault]) -> Refusal:
    """A 422 that lists every faulty field at once."""
    names = ", ".join(fault.name for fault in faults)
    return Refusal(422, "wrong_value", f"Check the fields: {names}", tuple(faults))


def unauthorized() -> Refusal:
    """A missing or wrong token."""
    return Refusal(401, "unauthorized", "The token is missing or wrong")


def not_found(what: str) -> Refusal:
    """An object that is not here."""
    return Refusal(404, "not_found", f"{what} not found")
