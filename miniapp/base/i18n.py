"""Two languages: the texts by gettext, sums and moments as the reader writes them.

The English text is the message id, so English needs no catalogue; Russian is read from
``ru.po`` when the program starts, and no compiled file can go stale. The language spoken now
is kept per request or per letter in a context variable: a template asks nobody which it is.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from jinja2 import Environment, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape
from pydantic import BaseModel, ConfigDict, Field

LOCALES = ("ru", "en")


@dataclass(frozen=True)
class Language:
    """One locale with the texts of one program in it."""

    locale: str
    texts: NullTranslations


class Languages(Mapping[str, Language]):
    """The languages of one program; an unknown locale is answered in Russian."""

    def __init__(self, by_locale: dict[str, Language]) -> None:
        self._by_locale = by_locale

    def __getitem__(self, locale: str) -> Language:
        return self._by_locale.get(locale[:2].lower(), self._by_locale["ru"])

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_locale)

    def __len__(self) -> int:
        return len(self._by_locale)


_spoken: ContextVar[Language] = ContextVar("language")


@cache
def load(folder: Path) -> Languages:
    """Read the catalogues of a program from its ``translations`` folder."""
    with (folder / "ru.po").open("rb") as file:
        catalogue = read_po(file, locale="ru")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Languages(
        {
            "ru": Language("ru", GNUTranslations(compiled)),
            "en": Language("en", NullTranslations()),
        }
    )


class Text(BaseModel):
    """A text of the catalogue in both languages; printed, it is in the language spoken now."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    ru: str = Field(min_length=1, max_length=20_000)
    en: str = Field(min_length=1, max_length=20_000)

    def __str__(self) -> str:
        return self.ru if locale() == "ru" else self.en

    def __html__(self) -> str:
        # Templates ask for it first, and what pydantic does to say no costs more than the answer.
        return escape(str(self))


def use(language: Language) -> None:
    """Speak this language from now on in this request."""
    _spoken.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak this language inside the block: for letters and papers."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def locale() -> str:
    """The locale spoken now, ``ru`` or ``en``."""
    return _spoken.get().locale


def gettext(message: str) -> str:
    """The message in the language spoken now."""
    return _spoken.get().texts.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the message that fits the count, in the language spoken now."""
    return _spoken.get().texts.ngettext(singular, plural, count)


def marked(message: str) -> str:
    """Mark a message for the catalogue without translating it yet."""
    return message


def rubles(kopecks: int) -> str:
    """A sum for the reader: ``4 500 ₽``, ``811,48 ₽``; the kopecks are dropped when none."""
    return _rubles(kopecks, locale())


@lru_cache(maxsize=1024)
def _rubles(kopecks: int, spoken: str) -> str:
    pattern = "#,##0.00" if kopecks % 100 else "#,##0"
    number = format_decimal(Decimal(kopecks) / 100, format=pattern, locale=spoken)
    return f"{number}\u00a0₽" if spoken == "ru" else f"RUB\u00a0{number}"


def clock(moment: datetime, zone: str) -> str:
    """The time of day on the clocks of a place: ``17:15``."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def day(moment: datetime | date, zone: str | None = None) -> str:
    """The day for the reader: ``14 декабря, понедельник``; a moment needs its zone."""
    when = moment.astimezone(ZoneInfo(zone)) if isinstance(moment, datetime) and zone else moment
    return _day(when.date() if isinstance(when, datetime) else when, locale())


@lru_cache(maxsize=1024)
def _day(when: date, spoken: str) -> str:
    return format_date(when, "d MMMM, EEEE" if spoken == "ru" else "EEEE, d MMMM", locale=spoken)


def install(environment: Environment) -> None:
    """Give templates the texts (``_``, ``ngettext``) and the filters of this module."""
    environment.globals.update(_=_said, ngettext=_counted, locale=locale)
    environment.filters.update(rubles=rubles, clock=clock, day=day)


# What Jinja's own extension does at three times the price: a screen has dozens of texts.
@pass_eval_context
def _said(context: EvalContext, message: str, **values: Any) -> str:
    return _filled(context, gettext(message), values)


@pass_eval_context
def _counted(context: EvalContext, singular: str, plural: str, num: int, **values: Any) -> str:
    return _filled(context, ngettext(singular, plural, num), {"num": num, **values})


def _filled(context: EvalContext, text: str, values: dict[str, Any]) -> str:
    """The text with its values, which are escaped in HTML; the text itself is ours and is not."""
    if not context.autoescape:
        return text % values
    return Markup(text % {name: escape(value) for name, value in values.items()})  # noqa: S704


@cache
def product() -> Languages:
    """The languages of the mini-app itself."""
    return load(Path(__file__).resolve().parent.parent / "translations")


def in_both(write: Callable[[], str]) -> Text:
    """What ``write`` says in each language."""
    said = {}
    for name, language in product().items():
        with speaking(language):
            said[name] = write()
    return Text(**said)
