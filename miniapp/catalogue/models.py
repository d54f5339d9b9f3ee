"""Places and lounges with everything a traveller is told before paying.

Sums are kopecks with VAT included, spans are minutes. Texts stand in both languages.
"""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Mapped, mapped_column, relationship

from miniapp.base.db import AsJson, Base
from miniapp.base.i18n import Text
from miniapp.catalogue.hours import Closure, Hours, Opening
from miniapp.operators.models import Operator

# A lounge without a stay limit takes its seat for this long.
UNLIMITED_STAY_MINUTES = 180


class Kind(StrEnum):
    """What a place is."""

    AIRPORT = "airport"
    STATION = "station"


class Direction(StrEnum):
    """On which leg of a trip a visit takes place."""

    DEPARTURE = "departure"
    TRANSFER = "transfer"
    ARRIVAL = "arrival"


class Zone(StrEnum):
    """Whose passengers can reach the lounge."""

    DOMESTIC = "domestic"
    INTERNATIONAL = "international"
    ANY = "any"


class Side(StrEnum):
    """Before (landside) or after (airside) the security check."""

    LANDSIDE = "landside"
    AIRSIDE = "airside"


class Amenity(StrEnum):
    """What the lounge offers; the templates word it."""

    WIFI = "wifi"
    FOOD = "food"
    HOT_FOOD = "hot_food"
    DRINKS = "drinks"
    ALCOHOL = "alcohol"
    SHOWER = "shower"
    SLEEP = "sleep"
    CHILDREN = "children"
    WORK = "work"
    MEETING = "meeting"
    SMOKING = "smoking"
    TV = "tv"
    STEP_FREE = "step_free"


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Offered(_Fact):
    """An amenity of a lounge, within the price or paid apart."""

    amenity: Amenity
    paid: bool = Field(default=False, strict=True)


class RefundStep(_Fact):
    """Cancelled at least ``hours`` before the visit starts, ``percent`` of the price comes back."""

    hours: int = Field(ge=0, le=24 * 60, strict=True)
    percent: int = Field(ge=0, le=100, strict=True)


class Ages(_Fact):
    """Age rules in full years: infant below the first, child below the second."""

    infant_under: int = Field(default=2, ge=0, le=18, strict=True)
    child_under: int = Field(default=12, ge=0, le=18, strict=True)
    # Whoever is younger than this enters only with an adult.
    alone_from: int = Field(default=18, ge=0, le=18, strict=True)


class Place(Base):
    """An airport or a railway station."""

    __tablename__ = "place"

    # IATA code, Express-3 code, or ``R-<slug>`` for a station without one.
    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(sa.Enum(Kind, native_enum=False, length=20))
    name: Mapped[Text] = mapped_column(AsJson(Text))
    city: Mapped[Text] = mapped_column(AsJson(Text))
    country: Mapped[str] = mapped_column(sa.String(2))
    zone: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    synonyms: Mapped[list[str]] = mapped_column(AsJson(list[str]), default=list)
    # Minutes on foot between two terminals, the key is the pair in order of the alphabet: "B-C".
    walks: Mapped[dict[str, int]] = mapped_column(AsJson(dict[str, int]), default=dict)


class Lounge(Base):
    """A business lounge of one operator at one place."""

    __tablename__ = "lounge"
    __table_args__ = (
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
        sa.Index("ix_lounge_place", "place_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    operator_code: Mapped[str] = mapped_column(sa.ForeignKey("operator.code"))
    place_code: Mapped[str] = mapped_column(sa.ForeignKey("place.code"))
    name: Mapped[Text] = mapped_column(AsJson(Text))
    about: Mapped[Text] = mapped_column(AsJson(Text))

    terminal: Mapped[str | None]
    zone_served: Mapped[Zone] = mapped_column(sa.Enum(Zone, native_enum=False, length=20))
    side: Mapped[Side] = mapped_column(sa.Enum(Side, native_enum=False, length=20))
    after_passport: Mapped[bool] = mapped_column(default=False)
    directions: Mapped[list[Direction]] = mapped_column(AsJson(list[Direction]))
    floor: Mapped[Text | None] = mapped_column(AsJson(Text))
    way: Mapped[list[Text]] = mapped_column(AsJson(list[Text]))
    landmark: Mapped[Text | None] = mapped_column(AsJson(Text))
    walk_minutes: Mapped[int | None]

    hours: Mapped[Hours] = mapped_column(AsJson(Hours))
    entry_before_minutes: Mapped[int | None]
    stay_minutes: Mapped[int | None]
    # Guests leave this long before departure, in time for boarding.
    boarding_minutes: Mapped[int]
    lead_minutes: Mapped[int]

    ages: Mapped[Ages] = mapped_column(AsJson(Ages))
    capacity: Mapped[int | None]
    infants_take_seats: Mapped[bool] = mapped_column(default=False)
    max_party: Mapped[int] = mapped_column(default=9)

    online_invoice_minutes: Mapped[int] = mapped_column(default=72 * 60)
    desk_invoice_minutes: Mapped[int] = mapped_column(default=30)
    refund_ladder: Mapped[list[RefundStep]] = mapped_column(AsJson(list[RefundStep]))

    amenities: Mapped[list[Offered]] = mapped_column(AsJson(list[Offered]))
    rules: Mapped[list[Text]] = mapped_column(AsJson(list[Text]))
    bring: Mapped[list[Text]] = mapped_column(AsJson(list[Text]))
    photos: Mapped[list[str]] = mapped_column(AsJson(list[str]), default=list)

    shop_id: Mapped[int | None] = mapped_column(unique=True)
    is_public: Mapped[bool] = mapped_column(default=True)
    # Why nothing is sold here for now; None while the lounge is open for sale.
    closed_note: Mapped[Text | None] = mapped_column(AsJson(Text))
    # When nobody is let in whatever the hours say, such as a repair.
    closures: Mapped[list[Closure]] = mapped_column(AsJson(list[Closure]), default=list)
    # The day on which the operator last confirmed these facts.
    as_of: Mapped[date]

    place: Mapped[Place] = relationship()
    operator: Mapped[Operator] = relationship()
    rates: Mapped[list["Rate"]] = relationship(
        order_by="Rate.position", cascade="all, delete-orphan"
    )
    extras: Mapped[list["Extra"]] = relationship(
        order_by="Extra.position", cascade="all, delete-orphan"
    )

    def opening_around(self, moment: datetime) -> Opening | None:
        """The unbroken opening around a moment, closures cut out; None when it is closed."""
        return self.hours.span_around(moment, self.place.zone, self.closures)


class Rate(Base):
    """What a visit costs per guest, for some directions, a stay length and a span of days."""

    __tablename__ = "rate"
    __table_args__ = (sa.UniqueConstraint("lounge_id", "code", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lounge_id: Mapped[int] = mapped_column(sa.ForeignKey("lounge.id", ondelete="CASCADE"))
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[Text] = mapped_column(AsJson(Text))
    directions: Mapped[list[Direction]] = mapped_column(AsJson(list[Direction]))
    # None: the stay limit of the lounge.
    stay_minutes: Mapped[int | None]
    adult: Mapped[int]
    # None: children, or infants, are not admitted on this rate.
    child: Mapped[int | None]
    infant: Mapped[int | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Extra(Base):
    """A service sold beside the visit, once per visit or per counted guest."""

    __tablename__ = "extra"
    __table_args__ = (sa.UniqueConstraint("lounge_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lounge_id: Mapped[int] = mapped_column(sa.ForeignKey("lounge.id", ondelete="CASCADE"))
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[Text] = mapped_column(AsJson(Text))
    price: Mapped[int]
    per_guest: Mapped[bool]


class SeatSlot(Base):
    """How many seats of a lounge are taken in one half hour, in UTC, half open."""

    __tablename__ = "seat_slot"
    __table_args__ = (sa.CheckConstraint("taken >= 0", name="taken_not_negative"),)

    lounge_id: Mapped[int] = mapped_column(
        sa.ForeignKey("lounge.id", ondelete="CASCADE"), primary_key=True
    )
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    taken: Mapped[int] = mapped_column(default=0)


class Edition(Base):
    """The number of the catalogue's edition: whoever keeps a copy in memory compares it."""

    __tablename__ = "catalogue_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
