"""Commands that are more than one call; each file has one, with its arguments and its words."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from miniapp.config import Settings

if TYPE_CHECKING:
    from flask import Flask


@contextmanager
def application(settings: Settings) -> Iterator["Flask"]:
    """The application without its server; its connections are closed at the end."""
    from miniapp.app import create_app
    from miniapp.base import logs
    from miniapp.base.db import db

    logs.configure(settings.log_format)
    app = create_app(settings)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def complain(sentence: str, *, status: int = 1) -> int:
    """Say why the work was not done; gives the exit status."""
    print(sentence, file=sys.stderr)
    return status
