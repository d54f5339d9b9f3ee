"""How one sandbox is set up. The defaults fit the demo and hold no real secret."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

ALGORITHMS = ("sha1", "sha256", "sha512")
# The provider repeats up to ten times within 24 hours (Invoicebox API reference, section 15.3);
# nobody waits that long in front of a sandbox.
RETRY_INTERVALS = (2.0, 5.0, 10.0, 30.0, 60.0, 60.0, 60.0, 60.0, 60.0, 60.0)


@dataclass(frozen=True)
class SandboxSettings:
    """Addresses without a trailing slash; intervals in seconds before each repeat.

    ``limits`` counts requests as the provider does; ``refund_seconds`` is how long money takes
    on its way back; ``shipment_control`` makes the payment page wait for the shops' answers.
    """

    public_url: str = "http://localhost:8001"
    miniapp_url: str = "http://127.0.0.1:8000"
    token: str | None = None
    notification_key: str = "sandbox-notification-key"
    notification_url: str = "http://127.0.0.1:8000/invoicebox/notification"
    signature_algorithm: str = "sha1"
    smtp_port: int = 8025
    notification_intervals: tuple[float, ...] = RETRY_INTERVALS
    notification_timeout: float = 20.0
    limits: bool = True
    refund_seconds: float = 5.0
    shipment_control: bool = False

    def __post_init__(self) -> None:
        if self.signature_algorithm not in ALGORITHMS:
            raise ValueError(
                f"SANDBOX_SIGNATURE_ALGORITHM is {self.signature_algorithm!r}; "
                f"set it to one of {', '.join(ALGORITHMS)}."
            )
        if not self.notification_key:
            raise ValueError("SANDBOX_NOTIFICATION_KEY is empty; notifications must be signed.")

    @classmethod
    def from_environment(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        public_url: str = public_url,
        miniapp_url: str = miniapp_url,
    ) -> Self:
        """Read the ``SANDBOX_…`` variables; ValueError says which one is wrong.

        Without SANDBOX_NOTIFICATION_URL the notifications go to the mini-app itself.
        """
        source = os.environ if environ is None else environ
        return cls(
            public_url=public_url.rstrip("/"),
            miniapp_url=miniapp_url.rstrip("/"),
            token=source.get("SANDBOX_TOKEN") or None,
            notification_key=source.get("SANDBOX_NOTIFICATION_KEY", cls.notification_key),
            notification_url=source.get(
                "SANDBOX_NOTIFICATION_URL", f"{miniapp_url.rstrip('/')}/invoicebox/notification"
            ),
            signature_algorithm=source.get("SANDBOX_SIGNATURE_ALGORITHM", cls.signature_algorithm),
            smtp_port=_port(source.get("SANDBOX_SMTP_PORT", str(cls.smtp_port))),
            limits=_switch(source, "SANDBOX_LIMITS", "on"),
            refund_seconds=_seconds(source.get("SANDBOX_REFUND_SECONDS", str(cls.refund_seconds))),
            shipment_control=_switch(source, "SANDBOX_SHIPMENT_CONTROL", "off"),
        )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError(f"SANDBOX_SMTP_PORT is {text!r}; set it to a port from 1 to 65535.")
    return int(text)


def _switch(source: Mapping[str, str], name: str, default: str) -> bool:
    text = source.get(name, default)
    if text not in {"on", "off"}:
        raise ValueError(f"{name} is {text!r}; set it to on or off.")
    return text == "on"


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        raise ValueError(f"SANDBOX_REFUND_SECONDS is {text!r}; set it to seconds such as 5.")
    return float(text)
