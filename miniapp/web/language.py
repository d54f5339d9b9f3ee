"""Which language an answer speaks: ``?lang=`` decides, Russian is the default."""

from flask import Flask, g, request

from miniapp.base import htmx, i18n


def install(app: Flask) -> None:
    """Choose the language before every request, whatever door it goes to."""
    app.before_request(_choose)


def _choose() -> None:
    asked = request.args.get("lang", "")
    g.lang = asked if asked in i18n.LOCALES else ""
    i18n.use(i18n.product()[g.lang or "ru"])


def of_host(locale: str) -> bool:
    """Speak the host's language unless the address asks otherwise; is it another than before?

    An unknown language changes nothing.
    """
    spoken, told = i18n.locale(), locale[:2].lower()
    if not g.lang and told in i18n.LOCALES:
        speak(told)
    return i18n.locale() != spoken


def is_asked_in_vain() -> bool:
    """Speak the language in which a page on the screen is asked anew; is it there in it already?"""
    return "locale" in request.args and htmx.asked() and not of_host(request.args["locale"])


def speak(locale: str) -> None:
    """Speak the language of an order, here and in the links, unless the address asks otherwise."""
    if not g.lang:
        g.lang = locale
        i18n.use(i18n.product()[locale])
