"""Where in its place a lounge is, in words."""

from functools import lru_cache

from miniapp.base import i18n
from miniapp.base.i18n import gettext
from miniapp.catalogue.models import Kind, Lounge, Side, Zone


def whereabouts(lounge: Lounge) -> str:
    """Terminal, flights and side of the controls: ``терминал C, внутренние рейсы, …``."""
    is_airport = lounge.place.kind is Kind.AIRPORT
    zone, side, after_passport = lounge.zone_served, lounge.side, lounge.after_passport
    return _whereabouts(i18n.locale(), lounge.terminal, is_airport, zone, side, after_passport)


# Every card of every list says it, and there are few different ones.
@lru_cache(maxsize=1024)
def _whereabouts(
    _spoken: str,
    terminal: str | None,
    is_airport: bool,
    zone: Zone,
    side: Side,
    after_passport: bool,
) -> str:
    parts = [gettext("terminal %(name)s") % {"name": terminal}] if terminal else []
    if is_airport:
        if zone is not Zone.ANY:
            domestic = zone is Zone.DOMESTIC
            parts.append(
                gettext("domestic flights") if domestic else gettext("international flights")
            )
        airside = side is Side.AIRSIDE
        parts.append(
            gettext("after the security check") if airside else gettext("before the security check")
        )
        if after_passport:
            parts.append(gettext("after passport control"))
    return ", ".join(parts)
