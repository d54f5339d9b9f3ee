"""Every text a person reads is there in Russian."""

from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from tests.structure import texts


@pytest.mark.parametrize("program", texts.PROGRAMS, ids=lambda program: program.name)
def test_every_text_is_translated_and_none_is_left_over(program: texts.Program):
    assert texts.faults(program) == []


@pytest.fixture
def program(tmp_path: Path) -> texts.Program:
    """A small program with three texts and no catalogue."""
    program = texts.Program("small", tmp_path / "code", tmp_path / "pages", root=tmp_path)
    program.code.mkdir()
    program.templates.mkdir()
    (program.templates / "page.html").write_text("{{ _('Add') }} {{ _('Pay %(sum)s', sum=s) }}")
    (program.code / "module.py").write_text(
        'f\'{i18n.ngettext("%(n)s guest", "%(n)s guests", n)}\''
    )
    return program


def test_an_update_keeps_translations_and_a_second_one_changes_nothing(program: texts.Program):
    texts.update(program)
    filled = program.catalogue_file.read_text().replace(
        'msgid "Add"\nmsgstr ""', 'msgid "Add"\nmsgstr "Добавить"'
    )
    program.catalogue_file.write_text(filled)

    texts.update(program)

    assert program.catalogue_file.read_text() == filled
    assert "Добавить" in filled


@pytest.mark.parametrize(
    ("forms", "fault"),
    [
        ({"Add": ""}, "'Add' lacks a Russian form"),
        ({"Pay %(sum)s": "Оплатить"}, "'Pay %(sum)s' has other placeholders than 'Оплатить'"),
        (
            {("%(n)s guest", "%(n)s guests"): ("%(n)s гость", "%(n)s гостя", "")},
            "('%(n)s guest', '%(n)s guests') lacks a Russian form",
        ),
        ({"Gone": "Ушло"}, "'Gone' is not used"),
    ],
)
def test_a_fault_of_a_catalogue_is_named(program: texts.Program, forms: dict[Any, Any], fault: str):
    good: dict[Any, Any] = {
        "Add": "Добавить",
        "Pay %(sum)s": "Оплатить %(sum)s",
        ("%(n)s guest", "%(n)s guests"): ("%(n)s гость", "%(n)s гостя", "%(n)s гостей"),
    }
    catalogue = Catalog(locale="ru")
    for message, russian in {**good, **forms}.items():
        catalogue.add(message, russian)
    program.catalogue_file.parent.mkdir()
    with program.catalogue_file.open("wb") as file:
        write_po(file, catalogue)

    assert [found.split(": ", 1)[1] for found in texts.faults(program)] == [fault]
