"""The half hours of a visit, by which seats are counted."""

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from miniapp.orders.holds import SLOT, slots


@given(
    second=st.integers(0, 20 * 366 * 24 * 3600),
    offset=st.integers(-14 * 4, 14 * 4),
    minutes=st.integers(1, 2000),
)
def test_the_half_hours_of_a_visit_are_those_of_utc_that_it_touches(
    second: int, offset: int, minutes: int
):
    zone = timezone(offset * timedelta(minutes=15))
    begins = datetime.fromtimestamp(1_600_000_000 + second, zone)
    ends = begins + timedelta(minutes=minutes)

    found = slots(begins, ends)

    assert all(slot.timestamp() % 1800 == 0 for slot in found)
    assert found[0] <= begins < found[0] + SLOT
    assert found[-1] < ends <= found[-1] + SLOT
    assert found == [found[0] + n * SLOT for n in range(len(found))]
