"""The shape of a catalogue file: what an operator, a place and a lounge may and must say.

Fields bear the names of the columns; where the file has a shorter word it is the alias. An entry
is read strictly (a text is no number, an unknown field is refused) and written back in the same
form.
"""

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Self, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
)

from miniapp.base.i18n import marked
from miniapp.catalogue.file_hours import HoursEntry
from miniapp.catalogue.file_values import (
    Count,
    Country,
    Directions,
    Email,
    Inn,
    KindName,
    Kopecks,
    Kpp,
    LastingMinutes,
    Latitude,
    LegalName,
    Line,
    Longitude,
    Minutes,
    Name,
    Phone,
    Photo,
    PlaceCode,
    PlaceName,
    Price,
    Prose,
    ServedZone,
    ShopId,
    SideName,
    Slug,
    Synonyms,
    Terminal,
    VatCode,
    ZoneName,
)
from miniapp.catalogue.hours import Closure
from miniapp.catalogue.models import Ages, Offered, RefundStep


class Entry(BaseModel):
    """One entry of a file."""

    model_config = ConfigDict(
        strict=True, extra="forbid", validate_by_alias=True, validate_by_name=False
    )

    # The columns a new entry leaves as they stand in the database when it does not name them.
    kept: ClassVar[frozenset[str]] = frozenset()
    # The parts of an entry that are rows of their own.
    parts: ClassVar[frozenset[str]] = frozenset()

    def columns(self) -> dict[str, Any]:
        """The values of the columns that this entry sets."""
        return {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name not in self.parts and (name not in self.kept or name in self.model_fields_set)
        }

    @classmethod
    def of(cls, row: Any) -> Self:
        """The entry that a row would be read from."""
        return cls.unchecked({name: getattr(row, name) for name in cls.model_fields})

    @classmethod
    def unchecked(cls, values: dict[str, Any]) -> Self:
        """An entry of these values; a field that is not among them has its default or nothing."""
        return cast("Self", cls.model_construct(**values))

    def written(self) -> dict[str, Any]:
        """The entry as a file says it, without what goes without saying."""
        return self.model_dump(mode="python", by_alias=True, exclude_defaults=True)


class OperatorEntry(Entry):
    """A seller of visits."""

    code: Slug
    name: Name
    legal_name: LegalName
    inn: Inn
    kpp: Kpp | None = None
    vat_code: VatCode
    support_phone: Phone
    support_email: Email
    offer: Prose
    privacy: Prose
    hold_is_paid: bool = True
    no_show_is_rendered: bool = True
    is_demo: bool = False


def _in_order(walks: dict[str, int]) -> dict[str, int]:
    for pair in walks:
        ends = pair.split("-")
        if len(ends) != 2 or not all(ends) or ends != sorted(set(ends)):
            raise ValueError(marked("a walk is named by two terminals in alphabetical order: B-C"))
    return walks


class PlaceEntry(Entry):
    """An airport or a station."""

    code: PlaceCode
    kind: KindName
    name: PlaceName
    city: PlaceName
    country: Country
    zone: ZoneName
    lat: Latitude | None = None
    lon: Longitude | None = None
    synonyms: Synonyms = Field(default_factory=list)
    walks: Annotated[dict[str, LastingMinutes], AfterValidator(_in_order)] = Field(
        default_factory=dict
    )


class RateEntry(Entry):
    """What a visit costs per guest."""

    code: Slug
    name: Name
    directions: Directions
    stay_minutes: LastingMinutes | None = Field(default=None, alias="stay")
    adult: Price
    child: Kopecks | None = None
    infant: Kopecks | None = None
    valid_from: date
    valid_to: date | None = None


class ExtraEntry(Entry):
    """A service beside the visit."""

    code: Slug
    name: Name
    price: Price
    per_guest: bool = False


def _falling(ladder: list[RefundStep]) -> list[RefundStep]:
    for earlier, later in pairwise(ladder):
        if later.hours >= earlier.hours or later.percent > earlier.percent:
            raise ValueError(
                marked("the steps go down: fewer hours before the visit, no more money back")
            )
    return ladder


def _amenity(value: Any) -> Any:
    return {"amenity": value} if isinstance(value, str) else value


def _amenity_written(offered: Offered) -> Any:
    written = {"amenity": offered.amenity.value, "paid": True}
    return written if offered.paid else offered.amenity.value


OfferedEntry = Annotated[Offered, BeforeValidator(_amenity), PlainSerializer(_amenity_written)]


def _each_once(offered: list[Offered]) -> list[Offered]:
    if len({one.amenity for one in offered}) < len(offered):
        raise ValueError(marked("the list names something twice"))
    return offered


class LoungeEntry(Entry):
    """A lounge with its rates and extras."""

    kept: ClassVar[frozenset[str]] = frozenset({"photos", "shop_id", "closed_note", "closures"})
    parts: ClassVar[frozenset[str]] = frozenset({"rates", "extras"})

    slug: Slug
    operator_code: Slug = Field(alias="operator")
    place_code: PlaceCode = Field(alias="place")
    name: Name
    about: Prose

    terminal: Terminal | None = None
    zone_served: ServedZone
    side: SideName
    after_passport: bool = False
    directions: Directions
    floor: Line | None = None
    way: list[Line] = Field(min_length=1, max_length=5)
    landmark: Line | None = None
    walk_minutes: Minutes | None = Field(default=None, alias="walk")

    hours: HoursEntry
    entry_before_minutes: LastingMinutes | None = Field(default=None, alias="entry_before")
    stay_minutes: LastingMinutes | None = Field(default=None, alias="stay")
    boarding_minutes: Minutes = Field(alias="boarding")
    lead_minutes: Minutes = Field(alias="lead")

    ages: Ages = Field(default_factory=Ages)
    capacity: Count | None = None
    infants_take_seats: bool = False
    max_party: Annotated[Count, Field(le=50)] = 9

    online_invoice_minutes: LastingMinutes = Field(default=72 * 60, alias="online_invoice")
    desk_invoice_minutes: LastingMinutes = Field(default=30, alias="desk_invoice")
    refund_ladder: Annotated[list[RefundStep], Field(min_length=1), AfterValidator(_falling)] = (
        Field(alias="refund")
    )

    amenities: Annotated[list[OfferedEntry], AfterValidator(_each_once)] = Field(
        default_factory=list
    )
    rules: list[Line] = Field(default_factory=list, max_length=20)
    bring: list[Line] = Field(default_factory=list, max_length=10)
    photos: list[Photo] = Field(default_factory=list, max_length=12)

    shop_id: ShopId | None = None
    is_public: bool = True
    closed_note: Prose | None = None
    closures: list[Closure] = Field(default_factory=list, max_length=100)
    as_of: date

    rates: list[RateEntry] = Field(min_length=1, max_length=60)
    extras: list[ExtraEntry] = Field(default_factory=list, max_length=30)

    def columns(self) -> dict[str, Any]:
        """The values of the columns that this entry sets."""
        return super().columns() | {"hours": self.hours.as_hours()}

    @classmethod
    def of(cls, row: Any) -> Self:
        """The entry that a lounge would be read from."""
        entry = super().of(row)
        entry.hours = HoursEntry.of(row.hours)
        entry.rates = [RateEntry.of(rate) for rate in row.rates]
        entry.extras = [ExtraEntry.of(extra) for extra in row.extras]
        return entry


KINDS: dict[str, type[Entry]] = {
    "operators": OperatorEntry,
    "places": PlaceEntry,
    "lounges": LoungeEntry,
}
