"""The shop window: points of sale and offers (Invoicebox API reference, section 14)."""

from miniapp.invoicebox.answers import about
from miniapp.invoicebox.calls.shop import Shop
from miniapp.invoicebox.wire.marketplace import (
    NewShop,
    ProviderOffer,
    ProviderShop,
    ShopDetails,
    SpecialOffer,
    details_body,
    offer_body,
    parse_offer,
    parse_shop,
    shop_body,
)

SHOP = "/marketplace/api/shop"
OFFER = "/marketplace/api/special-offer"


class ListingCalls(Shop):
    """Publish points of sale and special offers in the marketplace."""

    def create_shop(self, new: NewShop) -> ProviderShop:
        """Create a point of sale; the rest is said by ``update_shop``. Never repeated.

        The provider lists no points of sale, so after ``OutcomeUnknown`` only a human can see
        in the marketplace whether it is there.
        """
        answer = self._transport.write("POST", SHOP, shop_body(new, self.merchant_id))
        return about(answer, parse_shop, {})

    def update_shop(self, shop_id: int, details: ShopDetails) -> ProviderShop:
        """Change what a point of sale shows, and return it as it is now.

        Saying the same again changes nothing, so after ``OutcomeUnknown`` the caller may.
        """
        if shop_id <= 0:
            raise ValueError("not a shop id of the provider")
        answer = self._transport.write("POST", f"{SHOP}/{shop_id}", details_body(details))
        return about(answer, parse_shop, {"id": str(shop_id)})

    def put_special_offer(self, offer: SpecialOffer) -> ProviderOffer:
        """Create the special offer with this external id, or replace it.

        Saying the same again changes nothing, so after ``OutcomeUnknown`` the caller may.
        """
        answer = self._transport.write("POST", OFFER, offer_body(offer, self.merchant_id))
        return about(answer, parse_offer, {"externalId": offer.external_id})
