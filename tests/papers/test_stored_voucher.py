"""Papers are made from a voucher as a door or the mail reads it, with nothing else loaded."""

import sqlalchemy as sa

from miniapp.base.db import reading
from miniapp.orders import queries
from miniapp.orders.models import State, Voucher
from miniapp.orders.signed_code import contents_of
from miniapp.papers import calendar_file, voucher_pdf
from tests.builders import make_catalogue, make_order
from tests.papers.vouchers import KEY, PAGE


def test_a_door_and_the_mail_make_the_same_papers(database, now):
    make_catalogue()
    number = make_order(now, state=State.PAID)
    code = reading().scalars(sa.select(Voucher.code)).one()
    reading().expire_all()

    by_code = queries.voucher(code)
    at_the_door = (
        voucher_pdf.make(by_code, key=KEY, page_url=PAGE),
        calendar_file.make(by_code, page_url=PAGE),
    )
    reading().expire_all()
    (visit,) = queries.by_number(number).visits
    assert visit.voucher is not None
    in_the_mail = (
        voucher_pdf.make(visit.voucher, key=KEY, page_url=PAGE),
        calendar_file.make(visit.voucher, page_url=PAGE),
    )

    assert at_the_door == in_the_mail
    assert contents_of(visit.voucher).lounge == visit.lounge.id
