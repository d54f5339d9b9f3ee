"""Signs of life: the last one counts, whoever gave it, and they cost little."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from miniapp.base import heartbeat
from miniapp.base.db import db, reading
from miniapp.base.heartbeat import Part, Pulse

A_SECOND = timedelta(seconds=1)


def seen() -> tuple[datetime | None, datetime | None]:
    """When deliveries and sweeps were last seen."""
    session = reading()
    session.rollback()
    found = heartbeat.last(session)
    return found[Part.DELIVERIES], found[Part.SWEEPS]


@pytest.mark.usefixtures("database")
def test_each_thread_has_its_own_last_sign(now: datetime):
    assert seen() == (None, None)

    Pulse(Part.DELIVERIES).beat(now=now)

    assert seen() == (now, None)
    Pulse(Part.SWEEPS).beat(now=now + A_SECOND)
    assert seen() == (now, now + A_SECOND)


@pytest.mark.usefixtures("database")
def test_of_two_workers_the_later_sign_counts_though_a_clock_is_slow(now: datetime):
    Pulse(Part.SWEEPS).beat(now=now)
    Pulse(Part.SWEEPS).beat(now=now - timedelta(minutes=1))

    assert seen() == (None, now)


@pytest.mark.usefixtures("database")
def test_a_busy_thread_writes_no_more_than_one_sign_in_ten_seconds(now: datetime):
    commits: list[object] = []
    sa.event.listen(db.engine, "commit", commits.append)
    pulse = Pulse(Part.DELIVERIES)

    for second in range(60):
        pulse.beat(now=now + second * A_SECOND)

    assert len(commits) == 6
    assert seen() == (now + 50 * A_SECOND, None)
