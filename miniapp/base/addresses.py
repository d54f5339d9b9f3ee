"""Addresses of our own pages in templates, put together quicker than Flask does it.

Flask looks the rule up and weighs it against its values anew for every address, and a list of
lounges has dozens. Our rules are paths with plain values in them: each is taken apart once. The
answer is that of ``flask.url_for`` to the letter, and what is no such rule is left to it.
"""

import re
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

from flask import Flask

_VALUE = re.compile(r"<(?:[^:>]*:)?(\w+)>")
_SAFE_IN_PATH, _SAFE_IN_QUERY = "!$&'()*+,/:;=@", "!$'()*,/:;?@"
_OF_FLASK = frozenset({"_anchor", "_external", "_method", "_scheme"})


def install(app: Flask) -> None:
    """Give the templates of ``app`` this ``url_for``."""
    app.jinja_env.globals["url_for"] = Addresses(app)


class Addresses:
    """Called like ``flask.url_for``; values are texts, numbers, or None for none."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, endpoint: str, **values: Any) -> str:
        rule = self._rules.get(endpoint)
        if rule is None or not _OF_FLASK.isdisjoint(values):
            return self._app.url_for(endpoint, **values)
        self._app.inject_url_defaults(endpoint, values)
        path, names = rule
        path = path.format(*(quote(str(values.pop(name)), _SAFE_IN_PATH) for name in names))
        query = "&".join(
            f"{name}={_quoted(str(value))}" for name, value in values.items() if value is not None
        )
        return f"{path}?{query}" if query else path

    @cached_property
    def _rules(self) -> dict[str, tuple[str, list[str]]]:
        """The path of each endpoint with a gap for every value, and their names."""
        rules = list(self._app.url_map.iter_rules())
        endpoints = [rule.endpoint for rule in rules]
        return {
            rule.endpoint: (_VALUE.sub("{}", rule.rule), _VALUE.findall(rule.rule))
            for rule in rules
            if endpoints.count(rule.endpoint) == 1
        }


# The same flight and session stand in every address of a page.
@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    return quote_plus(value, _SAFE_IN_QUERY)
