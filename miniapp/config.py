"""Settings: read once from the environment, checked whole, with no usable default secret.

Every name has the prefix ``MINIAPP_``; in development an ``.env`` file in the current folder is
read too. Nonsense stops the start with one sentence for each fault, naming the variable.
"""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_SHORTEST_KEY = 32
_ANCESTOR = re.compile(
    r"'self'|'none'|https?://(?:\*\.)?[a-z0-9.-]+(?::(?:\d{1,5}|\*))?", re.IGNORECASE
)


class BadSettings(Exception):
    """The settings are missing or contradict each other; the text says what to set."""


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a web address such as https://lounge.example")
    return value.rstrip("/")


def _mail_server(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("must look like smtp://host:25 or smtps://user:password@host:465")
    return value


def _redis_server(value: str) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ValueError("must look like redis://host:6379/0")
    if find_spec("redis") is None or find_spec("limits") is None:
        raise ValueError('needs the extra: pip install "lounge-miniapp[redis]"')
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseSettings):
    """The settings of one installation."""

    model_config = SettingsConfigDict(
        env_prefix="MINIAPP_", env_file=".env", extra="ignore", frozen=True
    )

    secret_key: SecretStr = Field(min_length=_SHORTEST_KEY)
    public_url: WebAddress
    database_url: str = ""
    frame_ancestors: str = "'self' https://*.invoicebox.ru"
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    invoicebox_api_url: WebAddress = "https://api.invoicebox.ru"
    invoicebox_api_version: Literal["v3", "l3"] = "v3"
    invoicebox_token: SecretStr = Field(min_length=1)
    invoicebox_merchant_id: str = Field(min_length=1, max_length=36)
    invoicebox_notification_key: Annotated[tuple[SecretStr, ...], NoDecode]
    invoicebox_signature_algorithm: Literal["sha1", "sha256", "sha512"] = "sha1"
    data_key: Annotated[tuple[SecretStr, ...], NoDecode]
    voucher_signing_key: Annotated[tuple[SecretStr, ...], NoDecode]
    smtp_url: Annotated[str, AfterValidator(_mail_server)]
    mail_from: str = Field(pattern=r"^[^\r\n]*@[^\r\n]+$")
    redis_url: Annotated[str, AfterValidator(_redis_server)] = Field(default="", repr=False)
    log_format: Literal["console", "json"] = "json"

    @field_validator("invoicebox_notification_key", mode="before")
    @classmethod
    def _several_keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        keys = tuple(key.strip() for key in value.split(",") if key.strip())
        if not keys:
            raise ValueError("is empty: take the notification key from the shop's settings")
        return keys

    @field_validator("data_key", "voucher_signing_key", mode="before")
    @classmethod
    def _several_long_keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        keys = tuple(key.strip() for key in value.split(","))
        if min(map(len, keys)) < _SHORTEST_KEY:
            raise ValueError(f"each key needs at least {_SHORTEST_KEY} random characters")
        return keys

    @field_validator("frame_ancestors")
    @classmethod
    def _known_sources(cls, value: str) -> str:
        for source in value.split():
            if not _ANCESTOR.fullmatch(source):
                raise ValueError(f"{source} is neither 'self', 'none' nor an origin")
        if not value.split():
            raise ValueError("is empty: name the hosts that may frame the pages, or 'none'")
        return " ".join(value.split())

    @model_validator(mode="after")
    def _public_address_is_safe(self) -> "Settings":
        local = urlsplit(self.public_url).hostname in {"localhost", "127.0.0.1", "::1"}
        if self.public_url.startswith("http:") and not local:
            raise ValueError("MINIAPP_PUBLIC_URL must begin with https:// outside this machine")
        return self

    @property
    def database(self) -> str:
        """The database address; an SQLite file in the instance folder unless one is set."""
        return self.database_url or f"sqlite:///{Path('instance').resolve() / 'miniapp.sqlite3'}"


def load(**values: object) -> Settings:
    """Read and check the settings; raises BadSettings with every fault in words."""
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as fault:
        raise BadSettings("\n".join(_sentences(fault))) from None


def _sentences(fault: ValidationError) -> list[str]:
    # The value itself is never repeated: it may be a secret.
    sentences = []
    for error in fault.errors(include_input=False, include_url=False):
        name = ".".join(str(part) for part in error["loc"][:1])
        message = error["msg"].removeprefix("Value error, ")
        if not name:
            sentences.append(message)
        elif error["type"] == "missing":
            sentences.append(f"MINIAPP_{name.upper()} is not set")
        else:
            sentences.append(f"MINIAPP_{name.upper()}: {message}")
    return sentences
