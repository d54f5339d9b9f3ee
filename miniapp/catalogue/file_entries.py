"""From the values of a file to checked entries, and from pydantic's findings to sentences.

An entry with a faulty field is read as far as it goes, so that what else is wrong with it is
found in the same run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from miniapp.base.i18n import gettext, marked
from miniapp.catalogue import file_csv, file_yaml
from miniapp.catalogue.file_shape import KINDS, Entry
from miniapp.catalogue.file_source import SECTIONS, Source, ValuePath, fatal

EntryT = TypeVar("EntryT", bound=Entry)

_SENTENCES = {
    "missing": marked("is missing"),
    "extra_forbidden": marked("is not known here"),
    "string_type": marked("a text is needed; digits or a date meant as text stand in quotes"),
    "string_too_short": marked("the text is empty"),
    "string_too_long": marked("the text is longer than %(max_length)s characters"),
    "int_type": marked("a whole number is needed"),
    "bool_type": marked("true or false is needed"),
    "date_type": marked("a date is needed: 2026-11-01"),
    "enum": marked("one of these is needed: %(expected)s"),
    "list_type": marked("a list is needed"),
    "dict_type": marked("a mapping is needed"),
    "model_type": marked("a mapping is needed"),
    "too_short": marked("the list is empty"),
    "too_long": marked("the list has more than %(max_length)s entries"),
    "greater_than": marked("must be more than %(gt)s"),
    "greater_than_equal": marked("must be at least %(ge)s"),
    "less_than_equal": marked("must be at most %(le)s"),
}


@dataclass(frozen=True)
class Draft(Generic[EntryT]):
    """An entry as far as its fields are right, and where it stands in the file."""

    entry: EntryT
    path: ValuePath

    def has(self, *names: str) -> bool:
        """Are these fields all right?"""
        return all(name in self.entry.__dict__ for name in names)


def read(path: Path) -> Source:
    """Read a file of the form its name tells; raises CatalogueFault when it cannot be read."""
    readers = {".yaml": file_yaml.read, ".yml": file_yaml.read, ".csv": file_csv.read}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise fatal(path, 1, gettext("the name of the file ends with .yaml, .yml or .csv"))
    source = reader(path)
    _check_sections(source)
    return source


def drafts(source: Source, kind: type[EntryT]) -> list[Draft[EntryT]]:
    """The entries of one kind; what is wrong with their fields is blamed on the source."""
    section = next(name for name, entry in KINDS.items() if entry is kind)
    found = (_draft(source, kind, (section, i), raw) for i, raw in enumerate(source.items(section)))
    return [draft for draft in found if draft is not None]


def _check_sections(source: Source) -> None:
    for section, entries in source.data.items():
        if section not in SECTIONS:
            source.blame((section,), gettext("is not known here"))
        elif entries is not None and not isinstance(entries, list):
            source.blame((section,), gettext("a list is needed"))


def _draft(source: Source, kind: type[EntryT], path: ValuePath, raw: Any) -> Draft[EntryT] | None:
    try:
        return Draft(kind.model_validate(raw), path)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
    for detail in wrong:
        source.blame((*path, *_steps(detail)), _sentence(detail))
    if not isinstance(raw, dict):
        return None
    return Draft(_as_far_as_right(kind, raw, {detail["loc"][0] for detail in wrong}), path)


def _as_far_as_right(kind: type[EntryT], raw: dict[str, Any], wrong: set[str | int]) -> EntryT:
    entry = kind.unchecked({})
    for name, field in kind.model_fields.items():
        written = field.alias or name
        if written in wrong:
            entry.__dict__.pop(name, None)
        elif written in raw:
            kind.__pydantic_validator__.validate_assignment(entry, name, raw[written])
    return entry


def _steps(detail: ErrorDetails) -> Iterator[str | int]:
    # A wrong key of a mapping is reported beside the key, not as it.
    return (step for step in detail["loc"] if step != "[key]")


def _sentence(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return gettext(str(context["error"]))
    sentence = _SENTENCES.get(detail["type"])
    return gettext(sentence) % context if sentence else detail["msg"]
