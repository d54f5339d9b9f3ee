"""What must hold between the fields, the entries and the database.

A check of one entry is asked only when the fields it looks at are right in themselves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from miniapp.base.i18n import gettext
from miniapp.catalogue.file_entries import Draft
from miniapp.catalogue.file_shape import LoungeEntry, OperatorEntry, PlaceEntry, RateEntry
from miniapp.catalogue.file_source import SECTIONS, Source, ValuePath
from miniapp.catalogue.models import Kind, Side, Zone

Finding = tuple[ValuePath, str]


@dataclass(frozen=True)
class Known:
    """What the database holds already."""

    operators: frozenset[str]
    places: frozenset[str]
    # The lounge that bears each shop number.
    shops: dict[int, str]


def check_references(source: Source, known: Known) -> None:
    """Blame entries written twice and names of operators and places that nobody knows."""
    names = {section: _check_unique(source, section) for section in SECTIONS}
    targets = {
        "operator": names["operators"] | known.operators,
        "place": names["places"] | known.places,
    }
    for index, raw in enumerate(source.items("lounges")):
        for field, there in targets.items():
            name = raw.get(field) if isinstance(raw, dict) else None
            if isinstance(name, str) and name not in there:
                sentence = gettext("“%(name)s” is neither in the file nor in the database")
                source.blame(("lounges", index, field), sentence % {"name": name})


def check_operators(source: Source, drafts: list[Draft[OperatorEntry]]) -> None:
    """Blame requisites that contradict each other."""
    for draft in drafts:
        if not draft.has("inn", "kpp"):
            continue
        if len(draft.entry.inn) == 10 and draft.entry.kpp is None:
            source.blame((*draft.path, "kpp"), gettext("a company with an INN of 10 has a KPP"))
        if len(draft.entry.inn) == 12 and draft.entry.kpp is not None:
            source.blame((*draft.path, "kpp"), gettext("a person with an INN of 12 has no KPP"))


def check_places(source: Source, drafts: list[Draft[PlaceEntry]]) -> None:
    """Blame codes that do not suit the kind of place and half a position."""
    for draft in drafts:
        place = draft.entry
        if draft.has("code", "kind") and (len(place.code) == 3) != (place.kind is Kind.AIRPORT):
            sentence = gettext("an airport has an IATA code, a station an Express-3 code or R-…")
            source.blame((*draft.path, "code"), sentence)
        if draft.has("lat", "lon") and (place.lat is None) != (place.lon is None):
            source.blame((*draft.path, "lat"), gettext("lat and lon stand together"))


def check_lounges(
    source: Source, drafts: list[Draft[LoungeEntry]], *, known: Known, latest: date
) -> None:
    """Blame what contradicts itself within a lounge, and shop numbers that are taken."""
    for draft in drafts:
        for needed, check in _LOUNGE_CHECKS:
            if draft.has(*needed):
                for path, sentence in check(draft.entry):
                    source.blame((*draft.path, *path), sentence)
        if draft.has("as_of") and draft.entry.as_of > latest:
            source.blame((*draft.path, "as_of"), gettext("the day has not come yet"))
    _check_shops(source, drafts, dict(known.shops))


def _check_unique(source: Source, section: str) -> set[str]:
    key = "slug" if section == "lounges" else "code"
    names: set[str] = set()
    for index, raw in enumerate(source.items(section)):
        name = raw.get(key) if isinstance(raw, dict) else None
        if isinstance(name, str):
            if name in names:
                sentence = gettext("“%(name)s” is in the file already")
                source.blame((section, index, key), sentence % {"name": name})
            names.add(name)
    return names


def _check_shops(source: Source, drafts: list[Draft[LoungeEntry]], bearers: dict[int, str]) -> None:
    for draft in drafts:
        shop = draft.entry.shop_id if draft.has("slug", "shop_id") else None
        if shop is not None and bearers.setdefault(shop, draft.entry.slug) != draft.entry.slug:
            sentence = gettext("the shop number belongs to the lounge “%(name)s”")
            source.blame((*draft.path, "shop_id"), sentence % {"name": bearers[shop]})


def _rates_serve_directions(lounge: LoungeEntry) -> Iterator[Finding]:
    for index, rate in enumerate(lounge.rates):
        for position, direction in enumerate(rate.directions):
            if direction not in lounge.directions:
                sentence = gettext("the lounge does not serve this direction: %(direction)s")
                path = ("rates", index, "directions", position)
                yield path, sentence % {"direction": direction}
    priced = {direction for rate in lounge.rates for direction in rate.directions}
    for position, direction in enumerate(lounge.directions):
        if direction not in priced:
            sentence = gettext("no rate has a price for this direction: %(direction)s")
            yield ("directions", position), sentence % {"direction": direction}


def _rates_do_not_overlap(lounge: LoungeEntry) -> Iterator[Finding]:
    for index, rate in enumerate(lounge.rates):
        if rate.valid_to is not None and rate.valid_to < rate.valid_from:
            yield ("rates", index, "valid_to"), gettext("the rate ends before it begins")
    for (_, earlier), (index, later) in combinations(enumerate(lounge.rates), 2):
        if earlier.code == later.code and _overlap(earlier, later):
            sentence = gettext("the same rate is already valid on some of these days")
            yield ("rates", index, "valid_from"), sentence


def _overlap(one: RateEntry, other: RateEntry) -> bool:
    ends = [rate.valid_to or date.max for rate in (one, other)]
    return max(one.valid_from, other.valid_from) <= min(ends) or one.valid_from == other.valid_from


def _rates_keep_the_stay(lounge: LoungeEntry) -> Iterator[Finding]:
    for index, rate in enumerate(lounge.rates):
        if lounge.stay_minutes and (rate.stay_minutes or 0) > lounge.stay_minutes:
            yield ("rates", index, "stay"), gettext("the lounge's own stay limit is shorter")


def _extras_differ(lounge: LoungeEntry) -> Iterator[Finding]:
    codes = [extra.code for extra in lounge.extras]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            sentence = gettext("“%(name)s” is in the list already")
            yield ("extras", index, "code"), sentence % {"name": code}


def _hours_do_not_clash(lounge: LoungeEntry) -> Iterator[Finding]:
    for path, sentence in lounge.hours.clashes():
        yield ("hours", *path), sentence


def _passport_control_is_abroad(lounge: LoungeEntry) -> Iterator[Finding]:
    if lounge.after_passport and (
        lounge.zone_served is Zone.DOMESTIC or lounge.side is Side.LANDSIDE
    ):
        sentence = gettext("behind passport control a lounge is airside and not for domestic trips")
        yield ("after_passport",), sentence


def _entry_is_before_boarding(lounge: LoungeEntry) -> Iterator[Finding]:
    earliest = lounge.entry_before_minutes
    if earliest is not None and earliest <= lounge.boarding_minutes:
        yield ("entry_before",), gettext("guests would have to leave before they may enter")


def _ages_rise(lounge: LoungeEntry) -> Iterator[Finding]:
    if lounge.ages.infant_under > lounge.ages.child_under:
        yield ("ages",), gettext("an infant is younger than a child")


LoungeCheck = Callable[[LoungeEntry], Iterator[Finding]]
_LOUNGE_CHECKS: tuple[tuple[tuple[str, ...], LoungeCheck], ...] = (
    (("rates", "directions"), _rates_serve_directions),
    (("rates",), _rates_do_not_overlap),
    (("rates", "stay_minutes"), _rates_keep_the_stay),
    (("extras",), _extras_differ),
    (("hours",), _hours_do_not_clash),
    (("after_passport", "zone_served", "side"), _passport_control_is_abroad),
    (("entry_before_minutes", "boarding_minutes"), _entry_is_before_boarding),
    (("ages",), _ages_rise),
)
