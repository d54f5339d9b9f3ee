"""A catalogue file as plain values, with the line on which each of them stands.

Whatever form the file has, what reads it gives a ``Source``; the checks name a value by its path
in it, and every fault found is kept, so that one run shows them all.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from miniapp.base.i18n import gettext
from miniapp.catalogue.errors import CatalogueFault, Fault

SECTIONS = ("operators", "places", "lounges")

# Reading YAML takes some five seconds a megabyte.
_LARGEST = 4 * 1024 * 1024

ValuePath = tuple[str | int, ...]


@dataclass
class Source:
    """What a file says: ``data`` by section, ``lines`` by path, and what was found wrong."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[ValuePath, int] = field(default_factory=dict)
    blamed: list[tuple[ValuePath, int, str]] = field(default_factory=list)
    # Values that were not taken in: what else is wrong with them is not known.
    unread: set[ValuePath] = field(default_factory=set)

    def items(self, section: str) -> list[Any]:
        """The entries of a section as written; none when it is absent or no list."""
        entries = self.data.get(section)
        return entries if isinstance(entries, list) else []

    def blame(self, path: ValuePath, sentence: str) -> None:
        """Keep a fault of the value at a path."""
        if path not in self.unread:
            self.blamed.append((path, self._line(path), sentence))

    def leave(self, path: ValuePath, sentence: str) -> None:
        """Keep the fault of a value that is not taken in."""
        self.blame(path, sentence)
        self.unread.add(path)

    @property
    def faults(self) -> list[Fault]:
        """The faults found so far; fields are named by the entries they belong to."""
        return [
            Fault(self.file, line, self._name(path), sentence)
            for path, line, sentence in self.blamed
        ]

    def _line(self, path: ValuePath) -> int:
        """The line of the value, or of the nearest thing around it that is written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def _name(self, path: ValuePath) -> str:
        """The value for a reader: ``lounges[svo-c].rates[standard].adult``, ``way[#2].ru``."""
        name, value = "", self.data
        for step in path:
            value = _inside(value, step)
            if isinstance(step, int):
                name += f"[{_label(value, step)}]"
            else:
                name += f".{step}" if name else step
        return name or "file"


def read_text(path: Path) -> str:
    """The text of a file, UTF-8 with or without a byte order mark; raises CatalogueFault."""
    with path.open("rb") as file:
        raw = file.read(_LARGEST + 1)
    if len(raw) > _LARGEST:
        raise fatal(path, 1, gettext("the file is larger than 4 MB"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise fatal(path, line, gettext("the text is not UTF-8")) from error


def fatal(path: Path, line: int, sentence: str) -> CatalogueFault:
    """The fault of a file that cannot be read any further."""
    return CatalogueFault([Fault(str(path), line, "file", sentence)])


def _inside(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _label(value: Any, index: int) -> str:
    named = value if isinstance(value, dict) else {}
    name = named.get("slug") or named.get("code")
    return name if isinstance(name, str) else f"#{index + 1}"
