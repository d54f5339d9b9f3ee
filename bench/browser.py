"""The browser's figures: the first view in a host's frame beside F, the least a page can be.

F and ours take turns, each with an empty cache and in a fresh process. *Usable* is the search
field in sight and painted, counted from the moment in which the host inserts the frame.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser

from bench import instance, opening, processes
from bench.opening import Case, Opening
from bench.processes import Server
from bench.table import Row, Section, at_most, median

_LATE = 1000
FLOOR, OURS = Case(ours=False, mobile=False), Case(ours=True, mobile=False)
FLOOR_MOBILE = Case(ours=False, mobile=True, step=True)
OURS_MOBILE = Case(ours=True, mobile=True, step=True)
OURS_LATE = Case(ours=True, mobile=True, delay=_LATE)
CASES = (FLOOR, OURS, FLOOR_MOBILE, OURS_MOBILE, OURS_LATE)

Openings = dict[Case, list[Opening]]


def measured(folder: Path, rounds: int) -> list[Section]:
    """Open everything so many times and give the rows."""
    ours = instance.make(folder / "browser", processes.free_port())
    with ExitStack() as stack:
        server = stack.enter_context(processes.ours(ours.environment, ours.port))
        floor = stack.enter_context(processes.other("floor", threads=8))
        chromium = stack.enter_context(opening.browser())
        _round(chromium, server, floor)
        openings: Openings = defaultdict(list)
        for _ in range(rounds):
            for case, seen in _round(chromium, server, floor).items():
                openings[case].append(seen)
        typed = opening.typed(chromium, f"{server.address}/", "мо")
    return [
        Section("First view in a host’s frame: what is sent", _sent_rows(openings)),
        Section("First view in a host’s frame: when", _time_rows(openings)),
        Section("In the frame", _frame_rows(openings)),
        Section(
            "A step, mobile", [*_step_rows(openings), _keystroke_row(max(typed.sizes.values()))]
        ),
    ]


def _round(chromium: Browser, server: Server, floor: Server) -> dict[Case, Opening]:
    host = f"http://localhost:{floor.port}/host.html"
    addresses = {True: f"{server.address}/", False: f"{floor.address}/f"}
    return {
        case: opening.opened(chromium, case, host=host, address=addresses[case.ours])
        for case in CASES
    }


def _middle(openings: Openings, case: Case, of: Callable[[Opening], float]) -> float:
    return median(of(seen) for seen in openings[case])


def _usable(openings: Openings, case: Case) -> float:
    return _middle(openings, case, lambda seen: seen.usable)


def _worst(openings: Openings, of: Callable[[Opening], float]) -> float:
    return max(of(seen) for case in CASES if case.ours for seen in openings[case])


def _sent_rows(openings: Openings) -> list[Row]:
    def sent(*kinds: str) -> float:
        return _middle(openings, OURS_MOBILE, lambda seen: seen.traffic.bytes(*kinds))

    def elsewhere(seen: Opening) -> int:
        return len({*seen.traffic.hosts.values(), *seen.step_traffic.hosts.values()}) - 1

    def failed(seen: Opening) -> int:
        return len(seen.traffic.failed) + len(seen.step_traffic.failed)

    return [
        at_most("bytes, the ticket’s suggestion included", sent(), 25_500),
        at_most("of them JavaScript", sent("Script"), 17_900),
        at_most("of them HTML and CSS", sent("Document", "Stylesheet"), 13_000),
        at_most("requests", _worst(openings, lambda seen: len(seen.traffic.kinds)), 5),
        at_most("requests to another host", _worst(openings, elsewhere), 0),
        at_most("failed requests", _worst(openings, failed), 0),
    ]


def _time_rows(openings: Openings) -> list[Row]:
    floor, mobile = _usable(openings, FLOOR), _usable(openings, OURS_MOBILE)
    usable, late = _usable(openings, OURS) / floor, _usable(openings, OURS_LATE) / mobile
    allowed = 1.3 + 34 / floor
    after_answer = _middle(openings, OURS_MOBILE, lambda seen: seen.suggested - seen.post)
    after_late = _middle(openings, OURS_LATE, lambda seen: seen.suggested - seen.post)
    form = "{:.2f}"
    return [
        at_most("usable, mobile, F = 1", mobile / _usable(openings, FLOOR_MOBILE), 1.25, form=form),
        Row(
            "usable, unthrottled, F = 1",
            f"{usable:.2f}",
            f"≤ 1.30 and 34 ms, here {allowed:.2f}",
            usable > allowed,
        ),
        at_most("usable with a host 1 s late, prompt host = 1", late, 1.05, form=form),
        at_most(
            "suggestion painted after the host’s answer less its request, ms", after_answer, 150
        ),
        at_most("the same with a host 1 s late, ms", after_late, 150),
        at_most(
            "main thread blocked, mobile (TBT), ms",
            _middle(openings, OURS_MOBILE, lambda seen: seen.blocked),
            50,
        ),
    ]


def _frame_rows(openings: Openings) -> list[Row]:
    def given(case: Case) -> float:
        return _middle(openings, case, lambda seen: seen.height_after_usable)

    def heights(case: Case) -> float:
        return max(seen.heights for seen in openings[case])

    def shift(case: Case) -> float:
        return max(seen.shift for seen in openings[case])

    later = max(seen.step_heights for seen in openings[OURS_MOBILE])
    return [
        at_most("the frame has its height after usable, unthrottled, ms", given(OURS), 50),
        at_most("the same, mobile, ms", given(OURS_MOBILE), 50),
        at_most("height messages at load", max(heights(OURS), heights(OURS_MOBILE)), 2),
        at_most("the same with a host 1 s late", heights(OURS_LATE), 2),
        at_most("height messages for a later screen", later, 1),
        at_most("layout shift (CLS)", max(shift(OURS), shift(OURS_MOBILE)), 0.02, form="{:.3f}"),
        at_most("the same with a host 1 s late", shift(OURS_LATE), 0.02, form="{:.3f}"),
    ]


def _step_rows(openings: Openings) -> list[Row]:
    steps = openings[OURS_MOBILE]
    floor = _middle(openings, FLOOR_MOBILE, lambda seen: seen.step)
    ours = _middle(openings, OURS_MOBILE, lambda seen: seen.step)
    return [
        at_most("requests", max(len(seen.step_traffic.kinds) for seen in steps), 1),
        at_most("bytes", median(seen.step_traffic.bytes() for seen in steps), 8_192),
        at_most("tap to next screen painted, F’s step = 1", ours / floor, 1.3, form="{:.2f}"),
    ]


def _keystroke_row(size: int) -> Row:
    return at_most("bytes of a keystroke in the search", size, 2_048)
