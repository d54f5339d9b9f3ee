"""A code says what it was signed with, to everybody who has the public key; no other text does."""

from datetime import UTC, datetime, timedelta, timezone
from string import printable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from miniapp.base.signing import PublicKey, SigningKey
from miniapp.catalogue.models import Lounge
from miniapp.orders import signed_code
from miniapp.orders.models import Guest, GuestKind, GuestState, Visit, Voucher
from miniapp.orders.signed_code import Contents, Refused, Why, sign, verify
from miniapp.orders.vouchers import ALPHABET, check_character, new_code
from tests.builders import make_place

KEY, OLDER, STRANGE = SigningKey("n" * 43), SigningKey("o" * 43), SigningKey("s" * 43)
OURS = [KEY.public, OLDER.public]
SAMARA = timezone(timedelta(hours=4))
ENTRY = datetime(2026, 12, 14, 17, 15, tzinfo=SAMARA)
VISIT = Contents(
    code="ACE2345HK" + check_character("ACE2345HK"),
    lounge=7,
    starts_at=ENTRY,
    leave_by=ENTRY + timedelta(hours=2, minutes=20),
    adults=2,
    children=1,
    infants=0,
    generation=3,
)
CODE = sign(VISIT, key=KEY)


def codes() -> st.SearchStrategy[str]:
    """Codes of vouchers, as they are issued."""
    bodies = st.text(ALPHABET, min_size=9, max_size=9)
    return bodies.map(lambda body: body + check_character(body))


def moments() -> st.SearchStrategy[datetime]:
    """Whole minutes of 127 years on the clocks of any place."""
    return st.builds(
        lambda minutes, quarters: (
            datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
        ).astimezone(timezone(timedelta(minutes=15 * quarters))),
        st.integers(0, 2**26 - 1),
        st.integers(-12 * 4, 14 * 4),
    )


@st.composite
def visits(draw: st.DrawFn) -> Contents:
    """Anything that can be bought."""
    starts_at = draw(moments())
    few = st.integers(0, 255)
    return Contents(
        code=draw(codes()),
        lounge=draw(st.integers(0, 2**24 - 1)),
        starts_at=starts_at,
        leave_by=starts_at + timedelta(minutes=draw(st.integers(1, 2**12 - 1))),
        adults=draw(few),
        children=draw(few),
        infants=draw(few),
        generation=draw(st.integers(0, 2**18 - 1)),
    )


@given(contents=visits())
def test_a_code_says_what_was_signed_and_on_whose_clocks(contents: Contents):
    said = verify(sign(contents, key=KEY), keys=OURS, now=contents.starts_at)

    assert said == contents
    assert isinstance(said, Contents)
    assert said.starts_at.utcoffset() == contents.starts_at.utcoffset()
    assert said.leave_by.utcoffset() == contents.starts_at.utcoffset()


def test_a_code_fits_a_small_picture_and_is_the_same_every_time():
    assert {len(sign(VISIT, key=KEY)), len(CODE)} == {138}
    assert sign(VISIT, key=KEY) == CODE
    assert CODE.isascii()
    assert CODE.isalnum()
    assert CODE.upper() == CODE


@pytest.mark.parametrize("place", range(len(CODE)))
def test_no_code_with_a_single_other_character_is_accepted(place: int):
    for other in set(printable) - {CODE[place]}:
        altered = CODE[:place] + other + CODE[place + 1 :]

        assert isinstance(verify(altered, keys=OURS, now=ENTRY), Refused)


@given(text=st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
@example("")
@example("V1")
@example("V1" + "A" * 136)
@example("V1" + "7" * 136)
@example("V1" + "А" * 136)
@example("V1" + "=" * 136)
@example("V1" + "A" * 135 + "=")
@example(CODE.lower())
@example(CODE * 2)
@example(CODE[:-1])
@example("V1" * 500_000)
def test_any_other_text_is_refused_and_breaks_nothing(text: str):
    assert isinstance(verify(text, keys=OURS, now=ENTRY), Refused)


@given(text=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=136, max_size=136))
@settings(max_examples=200)
def test_a_text_of_the_right_shape_is_not_yet_a_code(text: str):
    assert isinstance(verify("V1" + text, keys=OURS, now=ENTRY), Refused)


@pytest.mark.parametrize("around", ["{}\r\n", " {} ", "\t{}", "{}\n"])
def test_what_a_scanner_types_around_a_code_does_not_matter(around: str):
    assert verify(around.format(CODE), keys=OURS, now=ENTRY) == VISIT


@pytest.mark.parametrize(
    ("text", "keys", "why"),
    [
        (sign(VISIT, key=STRANGE), OURS, Why.UNKNOWN_KEY),
        (CODE, [], Why.UNKNOWN_KEY),
        (CODE[:-1] + ("B" if CODE[-1] != "B" else "A"), OURS, Why.FORGED),
        ("V2" + CODE[2:], OURS, Why.OTHER_VERSION),
        ("V7" + CODE[2:] * 2, OURS, Why.OTHER_VERSION),
        pytest.param(new_code(), OURS, Why.NO_CODE, id="the short code of a voucher"),
        ("https://lounge.example/v/1", OURS, Why.NO_CODE),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, keys: list[PublicKey], why: Why):
    assert verify(text, keys=keys, now=ENTRY) == Refused(why)


def test_a_key_that_only_has_the_name_of_ours_signs_nothing():
    strange = sign(VISIT, key=STRANGE)
    forged = "V1" + CODE[2:36] + strange[36:]

    assert verify(forged, keys=OURS, now=ENTRY) == Refused(Why.FORGED)


@pytest.mark.parametrize("key", [KEY, OLDER])
@pytest.mark.parametrize("keys", [OURS, OURS[::-1]])
def test_codes_of_the_key_before_are_accepted_until_it_is_dropped(
    key: SigningKey, keys: list[PublicKey]
):
    code = sign(VISIT, key=key)

    assert verify(code, keys=keys, now=ENTRY) == VISIT
    dropped = [other for other in keys if other != key.public]
    assert verify(code, keys=dropped, now=ENTRY) == Refused(Why.UNKNOWN_KEY)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (ENTRY - timedelta(seconds=1), Why.TOO_EARLY),
        (ENTRY, None),
        (VISIT.leave_by - timedelta(seconds=1), None),
        (VISIT.leave_by, Why.TOO_LATE),
    ],
)
def test_the_hours_are_judged_and_a_genuine_code_is_still_told(now: datetime, why: Why | None):
    expected = Refused(why, VISIT) if why else VISIT

    assert verify(CODE, keys=OURS, now=now) == expected
    assert verify(CODE, keys=OURS, now=now.astimezone(UTC)) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"lounge": 2**24},
        {"adults": 256},
        {"generation": -1},
        {"starts_at": datetime(2019, 12, 31, tzinfo=UTC)},
        {"leave_by": ENTRY - timedelta(minutes=1)},
        {"leave_by": ENTRY + timedelta(days=3)},
        {"code": "lower case"},
        {"code": "ACE2345HKE"},
    ],
)
def test_what_does_not_fit_is_not_signed_as_something_else(changes: dict[str, object]):
    with pytest.raises(ValueError, match=r"bits|no voucher"):
        sign(Contents(**vars(VISIT) | changes), key=KEY)  # type: ignore[arg-type]


def test_a_vouchers_code_counts_who_may_still_come():
    voucher = Voucher(code=VISIT.code, generation=3)
    lounge = Lounge(id=7, place=make_place())
    kinds = [GuestKind.ADULT] * 3 + [GuestKind.CHILD, GuestKind.INFANT]
    voucher.visit = Visit(
        lounge=lounge,
        lounge_id=7,
        starts_at=ENTRY.astimezone(UTC) + timedelta(seconds=40),
        leave_by=VISIT.leave_by,
        guests=[Guest(kind=kind, name="", state=GuestState.EXPECTED) for kind in kinds],
    )
    voucher.visit.guests[1].state = GuestState.WITHDRAWN
    voucher.visit.guests[4].state = GuestState.REFUSED
    voucher.visit.guests[3].state = GuestState.ENTERED

    said = signed_code.contents_of(voucher)

    assert said == VISIT
    assert f"{said.starts_at:%d.%m. %H:%M}" == "14.12. 17:15"
