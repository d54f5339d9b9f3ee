"""Read a YAML catalogue file.

The nodes are turned into values here, not by the library: a number keeps the digits it was
written with, each value its line, and nothing but plain text, numbers, dates, yes-or-no, lists
and mappings is read. Anchors and aliases are refused, for a file of a few lines can grow with
them to any size.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from miniapp.base.i18n import gettext
from miniapp.catalogue.file_source import Source, ValuePath, fatal, read_text

_PLAIN_TAG = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,18}\.\d{1,18}", re.ASCII)


def read(path: Path) -> Source:
    """Read a YAML file; raises CatalogueFault when it is not YAML at all."""
    root = _compose(path)
    source = Source(str(path))
    data: Any = {}
    if root is not None:
        try:
            data = _value(root, (), source)
        except RecursionError as error:
            raise fatal(path, 1, gettext("the file is nested too deep")) from error
    if isinstance(data, dict):
        source.data = data
    else:
        source.blame((), gettext("the file is a mapping of operators, places and lounges"))
    return source


def _compose(path: Path) -> Node | None:
    text = read_text(path)
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        sentence = gettext("this is not YAML: %(problem)s") % {"problem": error.problem}
        raise fatal(path, mark.line + 1 if mark else 1, sentence) from error
    except RecursionError as error:
        raise fatal(path, 1, gettext("the file is nested too deep")) from error
    # The scanner lets through what Python makes of impossible characters and dates.
    except (YAMLError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise fatal(path, 1, gettext("the file is not YAML")) from error
    return root


def _value(node: Node, path: ValuePath, source: Source) -> Any:
    source.lines.setdefault(path, node.start_mark.line + 1)
    if node.anchor is not None:
        source.leave(path, gettext("anchors and aliases are not read: write the value out"))
        return None
    if isinstance(node, MappingNode):
        return _mapping(node, path, source)
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, index), source) for index, item in enumerate(node.value)]
    read_as = _READ_AS.get(str(node.tag).removeprefix(_PLAIN_TAG))
    if read_as is None:
        source.leave(path, gettext("a value with a tag is not read"))
        return None
    return read_as(node.value)


def _mapping(node: MappingNode, path: ValuePath, source: Source) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, ScalarNode) else None
        line = key_node.start_mark.line + 1
        if key is None or key_node.tag.endswith(":merge"):
            source.lines[(*path, "?")] = line
            source.blame((*path, "?"), gettext("a key is a plain word"))
        elif key in values:
            # The fault stands at the second of the two.
            source.lines[(*path, key)] = line
            source.blame((*path, key), gettext("is written twice"))
        else:
            source.lines[(*path, key)] = line
            values[key] = _value(value_node, (*path, key), source)
    return values


def _integer(text: str) -> int | str:
    return int(text) if _INTEGER.fullmatch(text) else text


def _decimal(text: str) -> Decimal | str:
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


def _date(text: str) -> date | str:
    try:
        return date.fromisoformat(text) if len(text) == 10 else text
    except ValueError:
        return text


def _truth(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text.lower(), text)


# What is written otherwise than these read it stays text, and the field's own check refuses it.
_READ_AS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "null": lambda _: None,
    "bool": _truth,
    "int": _integer,
    "float": _decimal,
    "timestamp": _date,
}
