"""The texts of the program and of the sandbox, and what their Russian catalogues lack.

A message in the sources is a literal given to ``_``, ``gettext``, ``ngettext`` or ``marked``,
or a ``{% trans %}`` block. Run as a program it prints the faults of both catalogues; with
``--update`` it writes new messages into them, carries translations over to changed English
texts as fuzzy ones, and drops what is no longer used. Neither dates nor line numbers are
written, so that a change of the catalogue shows the changed texts and nothing else.
"""

import ast
import re
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None}
TEMPLATE_OPTIONS = {"newstyle_gettext": "true", "silent": "false"}
HEADER = r"""# Russian texts, kept by `python3 dev.py texts`. The English text is the message id.
msgid ""
msgstr ""
"Language: ru\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && "
"n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

"""
# What Python's % operator and str.format would replace, and per cent signs that stand alone.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z]|%%|%|\{\w*\}")


def texts_of_code(
    file: BinaryIO,
    keywords: Collection[str],
    comment_tags: object,
    options: object,
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Read the messages of a module: Babel's own reader does not look inside f-strings."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in keywords:
                yield node.lineno, name, tuple(map(_literal, node.args)), []


def _literal(argument: ast.expr) -> str | None:
    value = argument.value if isinstance(argument, ast.Constant) else None
    return value if isinstance(value, str) else None


@dataclass(frozen=True)
class Program:
    """A program with a catalogue of its own."""

    name: str
    code: Path
    templates: Path
    # A program inside this one, with its own catalogue.
    without: tuple[Path, ...] = ()
    root: Path = ROOT

    @property
    def catalogue_file(self) -> Path:
        """The Russian catalogue."""
        return self.code / "translations" / "ru.po"

    def sources(self) -> Iterator[tuple[str | Callable[..., Any], Path]]:
        """The files with texts, each with the way to read it."""
        for method, folder, pattern in (
            (texts_of_code, self.code, "*.py"),
            ("jinja2", self.templates, "*.*"),
        ):
            for file in sorted(folder.rglob(pattern)):
                if not any(file.is_relative_to(other) for other in self.without):
                    yield method, file


SANDBOX = Program("sandbox", ROOT / "miniapp" / "sandbox", ROOT / "templates" / "sandbox")
PRODUCT = Program(
    "mini-app", ROOT / "miniapp", ROOT / "templates", without=(SANDBOX.code, SANDBOX.templates)
)
PROGRAMS = (PRODUCT, SANDBOX)


def extract(program: Program) -> Catalog:
    """Every message in the sources of a program, untranslated."""
    found = Catalog(locale="ru")
    for method, file in program.sources():
        options = TEMPLATE_OPTIONS if method == "jinja2" else {}
        for line, message, _comments, context in extract_from_file(
            method, file, keywords=KEYWORDS, options=options
        ):
            found.add(
                message, locations=[(str(file.relative_to(program.root)), line)], context=context
            )
    return found


def read(program: Program) -> Catalog:
    """The Russian catalogue of a program; an empty one when there is no file yet."""
    if not program.catalogue_file.exists():
        return Catalog(locale="ru")
    with program.catalogue_file.open("rb") as file:
        return read_po(file, locale="ru", abort_invalid=True)


def faults(program: Program) -> list[str]:
    """What is wrong with the catalogue of a program, one sentence each."""
    found, catalogue = extract(program), read(program)
    sentences = []
    for message in found:
        if message.id:
            file, line = message.locations[0]
            translated = catalogue.get(message.id, message.context)
            sentences += [f"{file}:{line}: {fault}" for fault in _faults_of(message, translated)]
    place = program.catalogue_file.relative_to(program.root)
    for message in [*catalogue, *catalogue.obsolete.values()]:
        if message.id and (found.get(message.id, message.context) is None):
            sentences.append(f"{place}: {message.id!r} is not used")
    return sentences


def _faults_of(message: Message, translated: Message | None) -> Iterator[str]:
    if translated is None or isinstance(translated.id, str) != isinstance(message.id, str):
        yield f"{message.id!r} has no Russian text"
        return
    text = translated.string or ""
    russian = [text] if isinstance(text, str) else list(text)
    if not all(russian) or len(russian) != (1 if isinstance(message.id, str) else 3):
        yield f"{message.id!r} lacks a Russian form"
    if translated.fuzzy:
        yield f"{message.id!r} has a fuzzy Russian text"
    english = message.id if isinstance(message.id, str) else message.id[-1]
    for form in filter(None, russian):
        if _placeholders(form) != _placeholders(english):
            yield f"{message.id!r} has other placeholders than {form!r}"


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def update(program: Program) -> None:
    """Bring the catalogue of a program up to date with its sources and say what changed."""
    catalogue = read(program)
    before = {message.id for message in catalogue}
    catalogue.update(extract(program))
    after = {message.id for message in catalogue}
    program.catalogue_file.parent.mkdir(exist_ok=True)
    with program.catalogue_file.open("wb") as file:
        file.write(HEADER.encode())
        write_po(
            file,
            catalogue,
            width=0,
            no_location=True,
            omit_header=True,
            sort_output=True,
            ignore_obsolete=True,
        )
    new, dropped = len(after - before), len(before - after)
    print(f"{program.name}: {len(after) - 1} texts, {new} new, {dropped} dropped")  # noqa: T201


def main() -> int:
    """Print the faults of both catalogues, after an update when one is asked for."""
    if "--update" in sys.argv[1:]:
        for program in PROGRAMS:
            update(program)
    found = [fault for program in PROGRAMS for fault in faults(program)]
    print("\n".join(found))  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
