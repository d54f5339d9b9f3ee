"""The marketplace: points of sale and special offers (section 14)."""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import replace
from threading import RLock
from typing import Any

from miniapp.sandbox.state.records import Offer, Shop

FIRST_SHOP = 5001
FIRST_OFFER = 701


class Market:
    """All shops and offers of one sandbox; may be called from any thread."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._shop_ids = itertools.count(FIRST_SHOP)
        self._offer_ids = itertools.count(FIRST_OFFER)
        self._shops: dict[int, Shop] = {}
        self._offers: dict[tuple[str, str], Offer] = {}

    def shops(self) -> list[Shop]:
        """All points of sale, oldest first."""
        with self._lock:
            return list(self._shops.values())

    def offers(self) -> list[Offer]:
        """All offers, oldest first."""
        with self._lock:
            return list(self._offers.values())

    def open_shop(self, fields: dict[str, Any], *, address: Callable[[str], str]) -> Shop:
        """Keep a new point of sale; ``address`` makes its first URL out of its alias."""
        with self._lock:
            shop_id = next(self._shop_ids)
            alias = f"shop-{shop_id}"
            shop = Shop(
                id=shop_id,
                token=uuid.uuid4().hex,
                alias=alias,
                wire={"type": "shop", "shopUrl": address(alias), **fields},
            )
            self._shops[shop_id] = shop
            return shop

    def change_shop(self, shop_id: int, fields: dict[str, Any]) -> Shop | None:
        """Change the given fields of a shop; None when there is no such shop."""
        with self._lock:
            shop = self._shops.get(shop_id)
            if shop is None:
                return None
            changed = replace(shop, wire={**shop.wire, **fields})
            self._shops[shop_id] = changed
            return changed

    def put_offer(self, fields: dict[str, Any]) -> Offer:
        """Keep an offer, or change the one of this merchant with the same ``externalId``."""
        with self._lock:
            key = (fields["merchantId"], fields["externalId"])
            known = self._offers.get(key)
            offer_id = known.id if known else next(self._offer_ids)
            self._offers[key] = Offer(offer_id, {**(known.wire if known else {}), **fields})
            return self._offers[key]
