"""What the sources of the pages say, read without running them.

A template is read as HTML with its Jinja parts taken out: both branches of a condition stay, an
expression becomes one letter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

from miniapp.base import assets

TEMPLATES = assets.templates_folder()
STATIC = assets.static_folder()

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
_OTHER_HOST = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)", re.IGNORECASE)
_OTHER_HOST_IN_STYLE = re.compile(r"(?:url\(\s*|@import\s*)[\"']?(?:https?:)?//", re.IGNORECASE)
_OTHER_HOST_IN_SCRIPT = re.compile(r"https?://(?!www\.w3\.org/)[a-z0-9]", re.IGNORECASE)

ADDRESSES = {"src", "srcset", "href", "action", "formaction", "poster", "data"}
DATA_TYPES = {"application/json", "application/ld+json"}
CHANGING = {"hx-post", "hx-put", "hx-patch", "hx-delete"}


@dataclass
class Element:
    """A start tag and the text right after it."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""


@dataclass
class _Reader(HTMLParser):
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, attributes, self.getpos()[0]))

    def handle_data(self, data: str) -> None:
        if self.elements:
            self.elements[-1].text += data


def names(*suffixes: str) -> list[str]:
    """The templates whose names end so, as Jinja calls them."""
    files = (file for file in TEMPLATES.rglob("*") if file.suffix in suffixes)
    return sorted(file.relative_to(TEMPLATES).as_posix() for file in files)


def elements(source: str) -> list[Element]:
    """The elements of a template."""
    reader = _Reader()
    for pattern, stand_in in ((_COMMENT, ""), (_EXPRESSION, "x"), (_STATEMENT, " ")):
        # Lines stay where they are.
        source = pattern.sub(partial(_stand_in, stand_in), source)
    reader.feed(source)
    reader.close()
    return reader.elements


def _stand_in(text: str, part: re.Match[str]) -> str:
    return text + "\n" * part[0].count("\n")


def faults(source: str) -> list[str]:
    """What a template does that the pages must not, one phrase each."""
    return [
        f"line {element.line}: <{element.tag}> {fault}"
        for element in elements(source)
        for fault in (*_inline(element), *_evaluated(element), *_outside(element))
    ]


def _inline(element: Element) -> Iterator[str]:
    """The Content-Security-Policy refuses scripts and styles that stand in the page."""
    attributes = element.attributes
    data = attributes.get("type") in DATA_TYPES
    if element.tag == "script" and "src" not in attributes and not data:
        yield "holds a script"
    # The entry may carry its style sheet, from a file and with its hash in the policy.
    if element.tag == "style" and element.text.strip() != "x":
        yield "holds a style sheet"
    for name in attributes:
        if name == "style" or re.fullmatch(r"on[a-z]+", name):
            yield f"has {name}="


def _evaluated(element: Element) -> Iterator[str]:
    """What htmx would evaluate is refused too; a form sent twice must not order twice."""
    attributes = element.attributes
    for name, value in attributes.items():
        if name.startswith(("hx-on", "hx-boost", "hx-live")):
            yield f"has {name}"
        if name.startswith("hx-") and re.match(r"\s*(?:js|javascript):", value):
            yield f"has a script in {name}"
        if name in ADDRESSES and re.match(r"\s*javascript:", value, re.IGNORECASE):
            yield f"has a script in {name}"
        if name == "hx-trigger" and "[" in value:
            yield "has a script in hx-trigger"
    if attributes.keys() & CHANGING and not any(a.startswith("hx-sync") for a in attributes):
        yield "changes something without hx-sync"


def _outside(element: Element) -> Iterator[str]:
    for name, value in element.attributes.items():
        address = name in ADDRESSES or name.startswith("hx-")
        if address and _OTHER_HOST.match(value.strip()):
            yield f"asks another host: {value}"


def asks_another_host(file: Path) -> list[str]:
    """The lines of a style sheet, script or drawing that name another host."""
    if file.suffix == ".svg":
        return [fault for fault in faults(file.read_text(encoding="utf-8")) if "host" in fault]
    pattern = _OTHER_HOST_IN_STYLE if file.suffix == ".css" else _OTHER_HOST_IN_SCRIPT
    return [line for line in file.read_text(encoding="utf-8").splitlines() if pattern.search(line)]
