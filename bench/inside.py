"""What is counted or timed inside this process: statements of a screen, the search alone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from bench import catalogues
from bench.instance import Instance
from miniapp.app import create_app
from miniapp.base.db import db
from miniapp.catalogue.place_index import PlaceIndex
from miniapp.catalogue.queries import Catalogue
from miniapp.catalogue.search import find_places

_SEARCHES = 300
_BEGINNINGS = ("мо", "ка", "со", "пе", "вол")


def statements(instance: Instance, path: str) -> int:
    """How many SQL statements a screen takes when the catalogue is in memory."""
    app = create_app(instance.settings())
    client = app.test_client()
    assert client.get(path).status_code == 200, path  # noqa: S101  reads the catalogue, too
    with _counted(app) as seen:
        client.get(path)
    return len(seen)


def search_cost(places: int) -> float:
    """Microseconds of processor time for one search of two or three letters."""
    catalogue = _catalogue(places)
    began = time.process_time()
    for _ in range(_SEARCHES):
        for text in _BEGINNINGS:
            find_places(catalogue, text)
    spent = time.process_time() - began
    return spent / (_SEARCHES * len(_BEGINNINGS)) * 1e6


def _catalogue(places: int) -> Catalogue:
    made = catalogues.places(places)
    return Catalogue(
        number=1,
        operators={},
        places={place.code: place for place in made},
        lounges={},
        index=PlaceIndex(made, {}),
        _at_place={},
        _by_shop={},
    )


@contextmanager
def _counted(app: Flask) -> Iterator[list[str]]:
    """The statements that reach SQLite, without the beginning and the end of transactions."""
    seen: list[str] = []

    def sent(statement: str) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    # The catalogue asks the driver itself, so only the driver knows of all.
    def listen(connection: Any, *_rest: object) -> None:
        connection.set_trace_callback(sent)

    with app.app_context():
        engine: sa.Engine = db.engine
        event.listen(engine, "checkout", listen)
        yield seen
        event.remove(engine, "checkout", listen)
        engine.dispose()
