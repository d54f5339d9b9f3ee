"""The application: wires, and does nothing else. No migration, no network, no thread."""

from typing import Final

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

import miniapp
from miniapp.base import addresses, assets, compression, db, framing, i18n, logs
from miniapp.base.limits import Limiter, LocalLimiter, SharedLimiter
from miniapp.base.sealing import Sealer
from miniapp.base.signing import SigningKey
from miniapp.base.tokens import Signer
from miniapp.config import Settings
from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.throttle import WINDOW
from miniapp.web import (
    EXTENSION,
    House,
    errors,
    health,
    language,
    metrics,
    notifications,
    traveller,
)

# The host's ticket is the largest thing anybody may send.
MAX_BODY: Final = 512 * 1024
_A_MINUTE: Final = 60.0
_YEAR_SECONDS: Final = 365 * 24 * 3600


def create_app(settings: Settings) -> Flask:
    """Make the mini-app from checked settings."""
    app = Flask(
        "miniapp",
        static_folder=str(assets.static_folder()),
        template_folder=str(assets.templates_folder()),
        instance_relative_config=False,
    )
    logs.install(app)
    language.install(app)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    # The address of a static file carries its fingerprint, so it never changes.
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _YEAR_SECONDS
    app.jinja_env.globals["static"] = _static_url
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    i18n.install(app.jinja_env)
    addresses.install(app)
    db.connect(app, settings.database)
    app.extensions[EXTENSION] = _house(settings)
    for door in (traveller.door, notifications.door, health.door, metrics.door):
        app.register_blueprint(door)
    errors.install(app)
    framing.protect(
        app,
        ancestors=settings.frame_ancestors,
        framable=frozenset({traveller.door.name}),
        inline_style=assets.csp_hash(assets.text("app.css")),
    )
    compression.install(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def merchant(settings: Settings, *, background: bool = False) -> Merchant:
    """The provider as one shop of ours uses it.

    In the ``background`` nobody waits: it leaves room for buyers and is slowed down by the
    provider's limits, not refused.
    """
    return Merchant(
        api_url=settings.invoicebox_api_url,
        version=settings.invoicebox_api_version,
        token=settings.invoicebox_token.get_secret_value(),
        merchant_id=settings.invoicebox_merchant_id,
        user_agent=f"LoungeMiniApp/{miniapp.__version__} (Flask)",
        # The buyer waits: htmx gives up after 25 s, and "not known yet" is an answer too.
        write_timeout=15.0,
        limiter=_limiter(settings),
        background=background,
        patience=35.0 if background else 8.0,
    )


def _limiter(settings: Settings) -> Limiter:
    """Counts requests to the provider: together with all processes where there is a Redis."""
    if not settings.redis_url:
        return LocalLimiter(window=WINDOW)
    name = f"invoicebox:{settings.invoicebox_merchant_id}"
    return SharedLimiter(url=settings.redis_url, name=name, window=WINDOW)


def sealer(settings: Settings) -> Sealer:
    """What encrypts at rest."""
    return Sealer([key.get_secret_value() for key in settings.data_key])


def _house(settings: Settings) -> House:
    return House(
        merchant=merchant(settings),
        signer=Signer(settings.secret_key.get_secret_value()),
        public_url=settings.public_url,
        notification_keys=tuple(
            key.get_secret_value() for key in settings.invoicebox_notification_key
        ),
        signature_algorithm=settings.invoicebox_signature_algorithm,
        message_origins=framing.origins(settings.frame_ancestors),
        sealer=sealer(settings),
        wrong_signatures=LocalLimiter(window=_A_MINUTE),
        voucher_keys=tuple(
            SigningKey(key.get_secret_value()) for key in settings.voucher_signing_key
        ),
    )


def _static_url(name: str) -> str:
    return f"/static/{name}?v={assets.fingerprint(name)}"
