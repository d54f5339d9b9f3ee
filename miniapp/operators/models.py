"""The operator of lounges: the seller named in every order, receipt and document."""

from sqlalchemy.orm import Mapped, mapped_column

from miniapp.base.db import AsJson, Base
from miniapp.base.i18n import Text


class Operator(Base):
    """A company that sells visits to its lounges."""

    __tablename__ = "operator"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[Text] = mapped_column(AsJson(Text))
    legal_name: Mapped[str]
    inn: Mapped[str]
    kpp: Mapped[str | None]
    # A code of section 7.1 of the Invoicebox API reference; prices include this VAT.
    vat_code: Mapped[str]
    support_phone: Mapped[str]
    support_email: Mapped[str]
    offer: Mapped[Text] = mapped_column(AsJson(Text))
    privacy: Mapped[Text] = mapped_column(AsJson(Text))
    # Money blocked on a card is as good as paid; an operator may insist on the final charge.
    hold_is_paid: Mapped[bool] = mapped_column(default=True)
    # A visit nobody came to is reported as rendered, by the terms of the offer.
    no_show_is_rendered: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
