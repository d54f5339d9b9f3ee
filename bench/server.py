"""The server's figures: requests per second beside bare Flask, each loaded right after the other.

Ours runs as ``miniapp serve`` starts it, bare Flask under as many sync workers. Requests ask for
gzip, and no two travellers' flights leave in the same minute, so nothing is found ready packed
that would not be in life.
"""

import statistics
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

from bench import anchors, inside, instance, notifications, processes, wrk
from bench.instance import Instance
from bench.processes import Server
from bench.table import Row, Section, at_least, at_most, median
from bench.wrk import Load

_SECONDS = 2
# More than any of the servers can answer in a round.
_ORDERS_A_ROUND = 2_500
_FEW, _MANY = 1, 40
_CROWDED, _QUIET = "VKO", "LED"
_SCREENS = {
    "entry": "the entry",
    "lounges": "lounges of a place with verdicts",
    "found": "search answer, two letters",
}
_GROWING = {
    "entry": "the entry",
    "lounges": "lounges of a place",
    "one": "search answer with one place",
}
_LOADED = dict.fromkeys((*_SCREENS, *_GROWING))
_BUDGETS = {"lounges": 0.30, "found": 0.55}
_NOTIFIED, _UPDATED = "a notification", "its anchor"


@dataclass
class Results:
    """The loads of all rounds, by what was loaded."""

    loads: dict[str, list[Load]] = field(default_factory=lambda: defaultdict(list))

    def ratio(self, ours: str, other: str) -> float:
        """How many of ours for one of the other: the middle of the pairs."""
        pairs = zip(self.loads[ours], self.loads[other], strict=True)
        return median(mine.rate / its.rate for mine, its in pairs)

    def cpu(self, name: str) -> float:
        """Processor ms for a request."""
        return median(load.cpu_ms for load in self.loads[name])

    def requests(self) -> int:
        """How many requests were answered in all."""
        return sum(load.requests for loads in self.loads.values() for load in loads)


@dataclass(frozen=True)
class Bench:
    """What runs while the server is measured."""

    folder: Path
    small: Instance
    small_server: Server
    grown_server: Server
    bare: Server
    updated: Server


def measured(folder: Path, rounds: int) -> list[Section]:
    """Make everything, load it so many times, and give the rows."""
    wrk.see_to_it()
    with ExitStack() as stack:
        bench = _bench(folder, stack, rounds)
        results = Results()
        _warm(bench)
        for _ in range(rounds):
            _screens(bench, results)
        memory = bench.small_server.largest_worker()
        for number in range(rounds):
            _notifications(bench, results, number)
        answered = sum(load.requests for load in results.loads[_NOTIFIED])
        _check_paid(bench.small, answered)
    rows = _screen_rows(results) + _notification_rows(results)
    rows.append(_memory_row(memory, results))
    return [Section("The server", rows + _counts(folder))]


def _bench(folder: Path, stack: ExitStack, rounds: int) -> Bench:
    small = instance.make(folder / "small", processes.free_port())
    grown = instance.make(folder / "grown", processes.free_port())
    instance.grow(grown, folder)
    orders = rounds * _ORDERS_A_ROUND
    notifications.place(small, orders)
    url = f"sqlite:///{folder / 'anchor.sqlite3'}"
    stack.enter_context(anchors.invoices_made(url, notifications.numbers(orders)))
    return Bench(
        folder=folder,
        small=small,
        small_server=stack.enter_context(processes.ours(small.environment, small.port)),
        grown_server=stack.enter_context(processes.ours(grown.environment, grown.port)),
        bare=stack.enter_context(processes.other("bare", threads=1)),
        updated=stack.enter_context(
            processes.other("updated", threads=1, environment={anchors.DATABASE: url})
        ),
    )


def _requests(bench: Bench) -> dict[str, Path]:
    lines = {
        "constant": [wrk.get("/")],
        "entry": [wrk.get(f"/?id=session{n}") for n in range(500)],
        "lounges": [wrk.get(f"/places/SVO?{urlencode(query)}") for query in _flights()],
        "found": [_search(text) for text in ("мо", "ка", "со", "пе")],
        "one": [_search(text) for text in ("шереме", "пулков", "адлер", "внуков")],
    }
    return {name: wrk.prepared(bench.folder / name, some) for name, some in lines.items()}


def _search(text: str) -> str:
    return wrk.get(f"/places/found?q={quote(text)}")


def _flights() -> list[dict[str, str]]:
    tomorrow = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0)
    first = tomorrow + timedelta(days=1)
    return [
        {
            "id": f"session{minutes}",
            "direction": "departure",
            "at": (first + timedelta(minutes=minutes)).isoformat(),
            "terminal": "C",
            "zone": "domestic",
            "number": "ZZ 418",
        }
        for minutes in range(17 * 60)
    ]


def _warm(bench: Bench) -> None:
    """Every worker reads its catalogue and compiles its pages before it counts."""
    for name, file in _requests(bench).items():
        targets = [bench.bare] if name == "constant" else [bench.small_server, bench.grown_server]
        for server in targets:
            wrk.warm(server, file)


def _screens(bench: Bench, results: Results) -> None:
    files = _requests(bench)
    for name in _LOADED:
        turns = {name: (bench.small_server, files[name])}
        turns[f"grown {name}"] = (bench.grown_server, files[name])
        if name in _SCREENS:
            turns = {f"bare {name}": (bench.bare, files["constant"])} | turns
        for key, (server, file) in turns.items():
            results.loads[key].append(wrk.load(server, file, seconds=_SECONDS))


def _notifications(bench: Bench, results: Results, number: int) -> None:
    chosen = range(number * _ORDERS_A_ROUND, (number + 1) * _ORDERS_A_ROUND)
    for name, server, path in (
        (_UPDATED, bench.updated, "/notification"),
        (_NOTIFIED, bench.small_server, "/invoicebox/notification"),
    ):
        signed = notifications.signed(bench.small, path, chosen)
        file = wrk.prepared(bench.folder / "signed", signed)
        load = wrk.load(server, file, seconds=_SECONDS)
        if load.requests > _ORDERS_A_ROUND:
            raise RuntimeError(f"{name}: {load.requests} were answered, more than there are")
        results.loads[name].append(load)


def _check_paid(small: Instance, answered: int) -> None:
    """A notification that was answered has its voucher, or it was not worth measuring."""
    paid = notifications.paid(small)
    if paid < answered:
        raise RuntimeError(f"{answered} notifications were answered, {paid} orders are paid")


def _screen_rows(results: Results) -> list[Row]:
    rows = []
    for name, title in _SCREENS.items():
        ratio, limit = results.ratio(name, f"bare {name}"), _BUDGETS.get(name)
        label = f"{title}: requests per second, bare Flask = 1"
        rows.append(at_least(label, ratio, limit) if limit else Row(label, f"{ratio:.2f}"))
        cpu = results.cpu(name) / results.cpu(f"bare {name}")
        rows.append(Row(f"{title}: processor time a request, bare Flask = 1", f"{cpu:.1f}"))
    grown = results.ratio("grown found", "bare found")
    rows.append(
        at_least(f"search answer at {instance.PLACES:,} places, bare Flask = 1", grown, 0.55)
    )
    for name, title in _GROWING.items():
        slower = results.cpu(f"grown {name}") / results.cpu(name)
        label = f"{title}: processor time at {instance.TIMES} × lounges, {instance.PLACES:,} places"
        rows.append(at_most(f"{label}, demo = 1", slower, 1.2, form="{:.2f}"))
    return rows


def _notification_rows(results: Results) -> list[Row]:
    loads = results.loads[_NOTIFIED]
    spread = statistics.median(load.p99 / load.p50 for load in loads)
    cpu = results.cpu(_NOTIFIED) / results.cpu(_UPDATED)
    return [
        at_least(
            "a notification with all its work: HMAC and one UPDATE = 1",
            results.ratio(_NOTIFIED, _UPDATED),
            0.5,
        ),
        Row("a notification: processor time, HMAC and one UPDATE = 1", f"{cpu:.1f}"),
        at_most("a notification: p99 over p50", spread, 5, form="{:.1f}"),
    ]


def _memory_row(memory: float, results: Results) -> Row:
    answered = sum(load.requests for name in _LOADED for load in results.loads[name])
    return at_most(f"a web worker's memory after {answered:,} requests, MB", memory, 120)


def _counts(folder: Path) -> list[Row]:
    few = instance.make(folder / "few", processes.free_port())
    many = instance.make(folder / "many", processes.free_port())
    instance.crowd(few, folder, place=_CROWDED, lounges=_FEW)
    instance.crowd(many, folder, place=_CROWDED, lounges=_MANY)
    path = f"/places/{_CROWDED}?{urlencode(_flights()[0])}"
    at_few, at_many = inside.statements(few, path), inside.statements(many, path)
    growth = inside.search_cost(100_000) / inside.search_cost(1_000)
    return [
        at_most(f"SQL statements of the lounges of a place, {_MANY} lounges", at_many, 6),
        at_most(f"the same with {_FEW} lounge: statements less", at_many - at_few, 0),
        at_most("search alone: 100,000 places, 1,000 places = 1", growth, 3, form="{:.2f}"),
    ]
