"""The pages keep to what the Content-Security-Policy allows and ask no other host."""

from pathlib import Path

import pytest
from jinja2 import Environment, StrictUndefined, meta

from miniapp import config
from miniapp.app import create_app
from miniapp.sandbox.app import create_sandbox
from miniapp.sandbox.settings import SandboxSettings
from tests.structure import pages


@pytest.fixture(scope="module")
def environments() -> dict[str, Environment]:
    """The template environments of both programs, as they run."""
    settings = config.load(
        secret_key="invented-key-of-at-least-32-characters",
        data_key="invented-key-of-at-least-32-characters",
        voucher_signing_key="invented-key-of-at-least-32-characters",
        public_url="https://lounge.example",
        database_url="sqlite://",
        invoicebox_token="invented",
        invoicebox_merchant_id="invented",
        invoicebox_notification_key="invented",
        smtp_url="smtp://mail.example",
        mail_from="lounge@mail.example",
    )
    return {
        "product": create_app(settings).jinja_env,
        "sandbox": create_sandbox(SandboxSettings()).jinja_env,
    }


@pytest.mark.parametrize("name", pages.names(".html", ".txt"))
def test_every_template_compiles_and_finds_what_it_includes(
    name: str, environments: dict[str, Environment]
):
    environment = environments["sandbox" if name.startswith("sandbox/") else "product"]

    environment.get_template(name)

    source = (pages.TEMPLATES / name).read_text(encoding="utf-8")
    included = set(meta.find_referenced_templates(environment.parse(source))) - {None}
    assert included <= set(pages.names(".html", ".txt"))


def test_a_name_that_a_template_does_not_know_is_an_error(environments: dict[str, Environment]):
    assert {environment.undefined for environment in environments.values()} == {StrictUndefined}


@pytest.mark.parametrize("name", pages.names(".html"))
def test_no_template_holds_code_or_asks_another_host(name: str):
    assert pages.faults((pages.TEMPLATES / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "file",
    [
        file
        for file in sorted(pages.STATIC.rglob("*.*"))
        if file.suffix in {".css", ".js", ".svg"} and file.parent.name != "vendor"
    ],
    ids=lambda file: file.name,
)
def test_no_static_file_asks_another_host(file: Path):
    assert pages.asks_another_host(file) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("<script>alert(1)</script>", "holds a script"),
        ("<style>p { color: red }</style>", "holds a style sheet"),
        ('<p {% if a %}style="color: red"{% endif %}>', "has style="),
        ('<a onclick="go()">', "has onclick="),
        ('<a hx-on:click="go()">', "has hx-on:click"),
        ('<div hx-boost:inherited="true">', "has hx-boost:inherited"),
        ("""<div hx-vals='js:{"a": b}'>""", "has a script in hx-vals"),
        ('<input hx-trigger="keyup[ctrlKey]">', "has a script in hx-trigger"),
        ('<a href="javascript:go()">', "has a script in href"),
        ('<form hx-post="{{ url_for("orders") }}">', "changes something without hx-sync"),
        ('<img src="//cdn.example/a.png">', "asks another host: //cdn.example/a.png"),
    ],
)
def test_a_fault_of_a_template_is_seen(source: str, fault: str):
    assert [found.partition("> ")[2] for found in pages.faults(source)] == [fault]


@pytest.mark.parametrize(
    "source",
    [
        '<script type="application/json">{{ data|tojson }}</script><p>{{ text }}</p>',
        '<script src="{{ asset("embed.js") }}" defer></script>',
        "<style>{{ style }}</style>",
        '<form hx-post="{{ url }}" hx-sync="this:drop">',
        '<svg xmlns="http://www.w3.org/2000/svg"><use href="#seat"/></svg>',
        '{# <p style="color: red"> #}<a href="/">{{ _("Home") }}</a>',
    ],
)
def test_what_is_allowed_is_not_called_a_fault(source: str):
    assert pages.faults(source) == []
