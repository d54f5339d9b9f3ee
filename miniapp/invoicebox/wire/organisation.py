"""An organisation as the register knows it (Invoicebox API reference, section 11)."""

import re
from dataclasses import dataclass

from miniapp.invoicebox.wire.reading import Fields, loose_text, text


@dataclass(frozen=True)
class Organisation:
    """A company or an entrepreneur, who has no KPP. Third-party text: escape it on output."""

    inn: str
    kpp: str | None
    ogrn: str | None
    name: str | None
    full_name: str | None
    address: str | None
    post_address: str | None
    post_code: str | None


def parse_organisation(fields: Fields) -> Organisation:
    """Read an organisation of an answer; raises Unreadable without its INN."""
    inn = text(fields, "vatNumber", limit=20)
    kpp = loose_text(fields, "taxRegistrationReasonCode", limit=9)
    has_kpp = len(inn) == 10 and re.fullmatch("[0-9]{4}[0-9A-Z]{2}[0-9]{3}", kpp or "")
    return Organisation(
        inn=inn,
        kpp=kpp if has_kpp else None,
        ogrn=loose_text(fields, "registrationNumber", limit=20),
        name=loose_text(fields, "name", limit=300),
        full_name=loose_text(fields, "nameFull", limit=500),
        address=loose_text(fields, "registrationAddress", limit=1000),
        post_address=loose_text(fields, "postAddress", limit=1000),
        post_code=loose_text(fields, "postAddressZip", limit=20),
    )
