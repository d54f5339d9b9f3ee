"""The catalogue as a file that can be taken in again (``loading``) and gives the same one."""

import io
from collections.abc import Iterable
from enum import Enum
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from miniapp.catalogue import file_csv
from miniapp.catalogue.file_shape import Entry, LoungeEntry, OperatorEntry, PlaceEntry
from miniapp.catalogue.queries import current

# A text stays on its line, however long.
_WIDTH = 100_000


def export_text(*, format: Literal["yaml", "csv"]) -> str:  # noqa: A002
    """The whole catalogue as YAML, or its places as CSV."""
    catalogue = current()
    # Those of the database; the world beneath them is no part of a catalogue.
    places = _entries(PlaceEntry, map(catalogue.places.get, sorted(catalogue.index.codes)))
    if format == "csv":
        return file_csv.write(places)
    sections = {
        "operators": _entries(OperatorEntry, catalogue.operators.values()),
        "places": places,
        "lounges": _entries(LoungeEntry, catalogue.lounges.values()),
    }
    return as_yaml({name: entries for name, entries in sections.items() if entries})


def _entries(kind: type[Entry], rows: Iterable[Any]) -> list[Any]:
    return [_plain(kind.of(row).written()) for row in rows]


def _plain(value: Any) -> Any:
    """The value in the types that both forms write alike."""
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def as_yaml(data: Any) -> str:
    """Plain values as YAML that ``file_yaml`` reads back as they are."""
    writer = YAML()
    writer.allow_unicode = True
    writer.width = _WIDTH
    writer.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    writer.dump(_laid_out(data), out)
    return out.getvalue()


def _laid_out(value: Any) -> Any:
    """Lists of words stand on one line, texts of several paragraphs in a block."""
    if isinstance(value, dict):
        return CommentedMap({key: _laid_out(item) for key, item in value.items()})
    if isinstance(value, list):
        items = CommentedSeq([_laid_out(item) for item in value])
        if all(isinstance(item, str) and len(item) <= 20 for item in value):
            items.fa.set_flow_style()
        return items
    return _written(value) if isinstance(value, str) else value


def _written(text: str) -> object:
    if "\n" in text:
        return LiteralScalarString(text)
    # The library leaves «?0» without quotes, and does not read it back as a text.
    return text if text[:1].isalnum() else DoubleQuotedScalarString(text)
