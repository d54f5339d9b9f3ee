"""The languages of the sandbox."""

from pathlib import Path

from miniapp.base import i18n


def languages() -> i18n.Languages:
    """Its texts in each of them."""
    return i18n.load(Path(__file__).parent / "translations")
