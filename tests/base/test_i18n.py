"""Texts in templates: ours is taken as it stands, a stranger's value is not."""

import pytest
from jinja2 import Environment

from miniapp.base import i18n
from miniapp.base.i18n import Text

HOSTILE = "<b>\"&'"
ESCAPED = "&lt;b&gt;&#34;&amp;&#39;"


def rendered(source: str, *, autoescape: bool, **values: object) -> str:
    environment = Environment(autoescape=autoescape)  # noqa: S701  both are asked for
    i18n.install(environment)
    with i18n.speaking(i18n.product()["en"]):
        return environment.from_string(source).render(**values)


@pytest.mark.parametrize(("autoescape", "told"), [(True, ESCAPED), (False, HOSTILE)])
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{{ _("<i>%(what)s</i>", what=what) }}', "<i>{}</i>"),
        ('{{ ngettext("%(num)s of %(what)s", "%(num)s, %(what)s", 2, what=what) }}', "2, {}"),
        ("{{ what }}", "{}"),
    ],
)
@pytest.mark.parametrize("what", [HOSTILE, Text(ru="нет", en=HOSTILE)])
def test_values_are_escaped_in_pages_and_nowhere_else(
    source: str, expected: str, autoescape: bool, told: str, what: object
):
    assert rendered(source, autoescape=autoescape, what=what) == expected.format(told)
