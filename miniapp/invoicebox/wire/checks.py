"""Checks of what we are about to say: ValueError, whose sentence never quotes the value."""

import re


def demand(holds: object, rule: str) -> None:
    """Raise ValueError with the rule unless it holds."""
    if not holds:
        raise ValueError(rule)


def demand_length(value: str, limit: int, name: str) -> None:
    """The text has 1 to ``limit`` characters and is not blank."""
    demand(value.strip() and len(value) <= limit, f"{name} must have 1-{limit} characters")


def demand_number(value: str, name: str) -> None:
    """A number of ours: found again by it, so nothing that a system on the way may alter (D6)."""
    number = re.fullmatch("[!-~]{1,36}", value)
    demand(number, f"{name} must be 1-36 ASCII characters without spaces")


def demand_id(value: str, name: str) -> None:
    """An id of the provider, which may stand in a path."""
    demand(re.fullmatch("[0-9A-Za-z-]{1,36}", value), f"not {name} of the provider")
