"""The catalogue in memory: asked cheaply, renewed on change, loaded in full."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from miniapp.base.db import db, outside_transaction
from miniapp.catalogue.loading import DEMO_FILE, import_file
from miniapp.catalogue.pricing import price_from, rates_for
from miniapp.catalogue.queries import Catalogue, current
from tests.catalogue.conftest import SMALL


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that reach the database inside the block."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def test_an_unchanged_catalogue_costs_one_statement(sqlite: None, now: datetime) -> None:
    import_file(DEMO_FILE, now=now)
    first, seen = current(), []

    # The statement goes to the driver itself, so only the driver can tell.
    def listen(connection: Any, *_rest: object) -> None:
        connection.set_trace_callback(seen.append)

    sa.event.listen(db.engine, "checkout", listen)
    assert current() is first
    assert len(seen) == 1


def test_lost_connections_are_replaced_at_the_next_question(demo: None) -> None:
    first, taken = current(), [db.engine.raw_connection() for _ in range(3)]
    idle = [connection.driver_connection for connection in taken]
    for connection in (*taken, *idle):
        # First back into the pool, then lost there, as after a restart of the database.
        connection.close()  # type: ignore[union-attr]

    assert current() is first


def test_reading_it_takes_as_many_statements_for_one_lounge_as_for_ten(
    database: str, written: Callable[..., Path], now: datetime
) -> None:
    counts = []
    for copies in (1, 10):
        lounges = SMALL[SMALL.index("  - slug:") :]
        more = "".join(lounges.replace("volna-kuf", f"volna-{n}") for n in range(copies))
        import_file(written(SMALL[: SMALL.index("  - slug:")] + more), now=now)
        with statements() as seen:
            current()
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8


def test_what_is_given_out_asks_the_database_for_nothing_more(demo: None) -> None:
    catalogue = current()
    outside_transaction()
    with statements() as seen:
        for lounge in catalogue.lounges.values():
            assert lounge.place is catalogue.places[lounge.place_code]
            assert lounge.operator.is_demo
            assert lounge.hours.week
            assert rates_for(lounge, lounge.directions[0], date(2026, 12, 14))
            assert price_from(lounge, date(2026, 12, 14))
            assert all(extra.price for extra in lounge.extras)
    assert seen == []


def test_a_change_is_seen_at_the_next_question(
    database: str, written: Callable[..., Path], now: datetime
) -> None:
    import_file(written(SMALL), now=now)
    assert current().lounges["volna-kuf"].capacity == 6
    import_file(written(SMALL.replace("capacity: 6", "capacity: 4")), now=now)
    assert current().lounges["volna-kuf"].capacity == 4


def test_threads_share_one_catalogue(demo: None) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001

    def ask(_: int) -> Catalogue:
        with app.app_context():
            return current()

    with ThreadPoolExecutor(8) as threads:
        assert len({id(catalogue) for catalogue in threads.map(ask, range(16))}) == 1


def test_hidden_lounges_are_reached_by_their_slug_only(
    database: str, written: Callable[..., Path], now: datetime
) -> None:
    hidden = SMALL.replace("capacity: 6", "is_public: false\n    shop_id: 4821")
    import_file(written(hidden), now=now)
    catalogue = current()
    assert catalogue.lounges_at("KUF") == ()
    assert catalogue.lounge_of_shop(4821) is catalogue.lounges["volna-kuf"]
    assert catalogue.lounge_of_shop(4822) is None


def test_lounges_of_a_place_stand_in_the_order_of_the_file(demo: None) -> None:
    slugs = [lounge.slug for lounge in current().lounges_at("SVO")]
    assert slugs == ["briz-svo-c", "briz-svo-c-world", "briz-svo-b"]
    assert current().lounges_at("VKO") == ()
