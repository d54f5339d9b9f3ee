"""What Prometheus is told: figures read from the database when it asks.

Nothing is counted in this process, so every web process gives the same figures, after a restart
too. Whoever knows figures offers a ``Measure``; one that fails is named in
``miniapp_measure_failed`` and takes none of the others along.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import structlog
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.orm import Session

from miniapp.base import heartbeat
from miniapp.base.db import reading
from miniapp.base.outbox import Delivery

log = structlog.get_logger()

Measure = Callable[[Session, datetime], Iterable[Metric]]


def text(measures: Mapping[str, Measure], *, now: datetime) -> bytes:
    """The figures of all measures in Prometheus' text format."""
    return generate_latest(_Figures(measures, now))


def gauge(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    """A figure ``miniapp_<name>`` for each value of a label."""
    family = GaugeMetricFamily(f"miniapp_{name}", meaning, labels=[label])
    for value, figure in values.items():
        family.add_metric([value], figure)
    return family


def deliveries(session: Session, now: datetime) -> Iterator[Metric]:
    """What waits in the outbox, and what a human must look at."""
    waiting = sa.and_(Delivery.settled_at.is_(None), Delivery.given_up_at.is_(None))
    late = sa.case((sa.or_(Delivery.attempts > 0, Delivery.due_at <= now), Delivery.created_at))
    counted = session.execute(
        sa.select(Delivery.kind, sa.func.count(), sa.func.min(late))
        .where(waiting)
        .group_by(Delivery.kind)
    ).all()
    given_up = session.execute(
        sa.select(Delivery.kind, sa.func.count())
        .where(Delivery.given_up_at.is_not(None))
        .group_by(Delivery.kind)
    ).all()
    yield gauge(
        "deliveries_waiting",
        "Deliveries that have not left yet",
        "kind",
        {kind: count for kind, count, _ in counted},
    )
    yield gauge(
        "deliveries_oldest_seconds",
        "Age of the oldest delivery that should have left",
        "kind",
        {kind: (now - oldest).total_seconds() for kind, _, oldest in counted if oldest},
    )
    yield gauge(
        "deliveries_given_up",
        "Deliveries that a human must look at",
        "kind",
        dict(given_up),
    )


def worker(session: Session, now: datetime) -> Iterator[Metric]:
    """How long ago each thread of the worker came round."""
    yield gauge(
        "worker_heartbeat_age_seconds",
        "Seconds since a thread of the worker last came round",
        "part",
        {
            part.value: (now - at).total_seconds()
            for part, at in heartbeat.last(session).items()
            if at
        },
    )


@dataclass(frozen=True)
class _Figures:
    """A collector of the Prometheus client."""

    measures: Mapping[str, Measure]
    now: datetime

    def collect(self) -> Iterator[Metric]:
        failed = dict.fromkeys(self.measures, 0)
        for name, measure in self.measures.items():
            session = reading()
            try:
                # All of its figures, or none.
                yield from list(measure(session, self.now))
            except Exception:
                log.exception("metrics.failed", measure=name)
                failed[name] = 1
                # Otherwise the database refuses the next ones too.
                session.rollback()
        yield gauge(
            "measure_failed", "1 when figures could not be read and are missing", "measure", failed
        )
