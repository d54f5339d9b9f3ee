"""The table of figures: on the screen, and between two comments of README.md."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


@dataclass(frozen=True)
class Row:
    """One figure beside its budget; ``over`` is None where there is no budget."""

    name: str
    figure: str
    budget: str = ""
    over: bool | None = None

    @property
    def verdict(self) -> str:
        """What the last column says."""
        return "" if self.over is None else "**OVER**" if self.over else "ok"


@dataclass(frozen=True)
class Section:
    """Rows that belong together."""

    title: str
    rows: list[Row]


def at_most(name: str, value: float, limit: float, *, form: str = "{:,.0f}") -> Row:
    """A figure that may not be larger than its budget."""
    return Row(name, form.format(value), f"≤ {form.format(limit)}", value > limit)


def at_least(name: str, value: float, limit: float, *, form: str = "{:.2f}") -> Row:
    """A figure that may not be smaller than its budget."""
    return Row(name, form.format(value), f"≥ {form.format(limit)}", value < limit)


def median(values: Iterable[float]) -> float:
    """The middle of what the rounds gave."""
    return statistics.median(values)


def markdown(sections: list[Section]) -> str:
    """The sections as one table in Markdown."""
    lines = ["| Measure | Figure | Budget | |", "|---|---|---|---|"]
    for section in sections:
        lines.append(f"| **{section.title}** | | | |")
        lines += [
            f"| {row.name} | {row.figure} | {row.budget} | {row.verdict} |" for row in section.rows
        ]
    return "\n".join(lines)


def plain(sections: list[Section]) -> str:
    """The same in columns, for a terminal."""
    rows = [row for section in sections for row in section.rows]
    name, figure, budget = (
        max(len(text) for text in column)
        for column in zip(*((r.name, r.figure, r.budget) for r in rows), strict=True)
    )
    lines = []
    for section in sections:
        lines += ["", section.title]
        lines += [
            f"  {row.name:{name}}  {row.figure:>{figure}}  {row.budget:{budget}}  "
            f"{row.verdict.strip('*')}".rstrip()
            for row in section.rows
        ]
    return "\n".join(lines)


def write(sections: list[Section], readme: Path = README) -> bool:
    """Put the table between the two comments of the README; False when it has none."""
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        return False
    readme.write_text(f"{head}{BEGIN}\n{markdown(sections)}\n{END}{tail}", encoding="utf-8")
    return True
