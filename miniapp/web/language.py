"""Which language an answer speaks: ``?lang=`` decides, Russian is the default."""

from flask import Flask, g, request

from miniapp.base import i18n


def install(app: Flask) -> None:
    """Choose the language before every request, whatever door it goes to."""
    app.before_request(_choose)


def _choose() -> None:
    asked = request.args.get("lang", "")
    g.lang = asked if asked in i18n.LOCALES else ""
    i18n.use(i18n.product()[g.lang or "ru"])


def speak(locale: str) -> None:
    """Speak the language of an order, here and in the links, unless the address asks otherwise."""
    if not g.lang:
        g.lang = locale
        i18n.use(i18n.product()[locale])
