"""The hosts without a ticket, and the payment page, each with the verbs of who uses it."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.journeys.roles import Traveller

_NAME, _EMAIL = "Вера Заречная", "vera@zarechnaya.example"


@dataclass
class Visitor(Traveller):
    """A traveller of whom nobody has told us anything: who searches, and types it all."""

    def finds_lounge(self, *, place: str, lounge: str) -> None:
        where = self.sees("where")
        where.get_by_role("searchbox").fill(place)
        where.locator("#found").get_by_role("link", name=place).first.click()
        self.sees("lounges").get_by_role("link", name=lounge).first.click()
        self.sees("lounge")

    def fills_form(self, *, name: str = _NAME, email: str = _EMAIL) -> None:
        form = self.sees("lounge")
        form.locator("[name=guest_name]").first.fill(name)
        form.locator("[name=contact_email]").fill(email)

    def orders(self) -> str:
        """From the lounge's page, filled in, to the order at the provider; give the lounge."""
        lounge = self.sees("lounge").locator("h1").inner_text()
        self.goes_on()
        self.sees("confirm")
        self.agrees()
        self.final_button.click()
        return lounge

    def picks_guests(self, *, adults: int) -> None:
        """Change their number, and wait until there is room for their names."""
        field = self.place.locator("[name=adults]")
        field.fill(str(adults))
        field.blur()
        expect(self.place.locator("[name=guest_name]")).to_have_count(adults)

    def goes_to_payment(self) -> None:
        """By the button, where no host opens it."""
        button = self.sees("paying").get_by_role("link", name=re.compile("Перейти к оплате"))
        button.click()

    def opens_voucher(self) -> Locator:
        self.sees("success").get_by_role("link", name="Открыть ваучер").click()
        return self.sees("voucher")


@dataclass
class PaymentPage:
    """The buyer at the provider's payment page, in a window or over the phone's app."""

    place: FrameLocator | Page

    def pays(self, way: str = "card") -> None:
        """Pay as a person."""
        expect(self.place.get_by_test_id("pay")).to_be_visible()
        self.place.locator("[name=payer][value=person]").check(force=True)
        self.place.locator("[name=name]").fill(_NAME)
        self.place.locator(f"[name=way][value={way}]").check()
        self.place.get_by_test_id("pay").click()
        expect(self.place.get_by_test_id("paid")).to_be_visible()

    def refuses(self) -> None:
        self.place.get_by_test_id("refuse").click()

    def goes_back_to_shop(self) -> None:
        self.place.get_by_test_id("return-to-shop").first.click()


@dataclass
class Phone:
    """The Invoicebox app: the mini-app in its WebView, and the payment that opens over it."""

    page: Page
    sandbox: str

    def open(self, query: str = "") -> Visitor:
        self.page.goto(f"{self.sandbox}/app?{query}")
        return Visitor(self.page.frame_locator("[data-testid=miniapp-frame]"))

    @property
    def payment(self) -> PaymentPage:
        return PaymentPage(self.page.frame_locator("[data-testid=payment-frame]"))

    def closes_payment(self) -> None:
        expect(self.payment.place.get_by_test_id("pay")).to_be_visible()
        self.page.get_by_test_id("payment-close").click()


@dataclass
class Showcase:
    """A page without a ticket with the mini-app in a frame; it goes to the payment itself."""

    page: Page
    sandbox: str

    def open(self, query: str = "") -> Visitor:
        self.page.goto(f"{self.sandbox}/showcase?{query}")
        return self.visitor

    @property
    def visitor(self) -> Visitor:
        return Visitor(self.page.frame_locator("[data-testid=miniapp-frame]"))


@dataclass
class Marketplace:
    """The page with the points of sale that the demo has published."""

    page: Page
    sandbox: str

    def shop(self, title: str) -> Locator:
        """The point of sale with this title, as soon as it is published."""
        found = self.page.get_by_test_id("shop").filter(
            has=self.page.get_by_role("heading", name=title)
        )
        for _ in range(20):
            self.page.goto(f"{self.sandbox}/marketplace")
            if found.count():
                return found
            self.page.wait_for_timeout(250)
        raise AssertionError(f"{title} was not published")


@dataclass
class Camera:
    """Keeps pictures of a window, for people to look at."""

    page: Page
    folder: Path
    name: str

    def takes(self, what: str) -> None:
        # The caret stays: to hide it a style would be put into our page, against its policy.
        path = self.folder / f"{self.name}-{what}.png"
        self.page.screenshot(path=path, caret="initial", scale="css")
