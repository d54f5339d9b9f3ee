"""The application: wires, and does nothing else. No migration, no network, no thread."""

from typing import Final

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

import miniapp
from miniapp.base import assets, compression, db, framing, i18n, logs
from miniapp.base.tokens import Signer
from miniapp.config import Settings
from miniapp.invoicebox.client import Merchant
from miniapp.web import EXTENSION, House, errors, health, language, notifications, traveller

# The host's ticket is the largest thing anybody may send.
MAX_BODY: Final = 512 * 1024
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
    db.connect(app, settings.database)
    app.extensions[EXTENSION] = _house(settings)
    for door in (traveller.door, notifications.door, health.door):
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


def merchant(settings: Settings) -> Merchant:
    """The provider as one shop of ours uses it."""
    return Merchant(
        api_url=settings.invoicebox_api_url,
        version=settings.invoicebox_api_version,
        token=settings.invoicebox_token.get_secret_value(),
        merchant_id=settings.invoicebox_merchant_id,
        user_agent=f"LoungeMiniApp/{miniapp.__version__} (Flask)",
        # The buyer waits: htmx gives up after 25 s, and "not known yet" is an answer too.
        write_timeout=20.0,
    )


def _house(settings: Settings) -> House:
    return House(
        merchant=merchant(settings),
        signer=Signer(settings.secret_key.get_secret_value()),
        public_url=settings.public_url,
        notification_keys=tuple(
            key.get_secret_value() for key in settings.invoicebox_notification_key
        ),
        signature_algorithm=settings.invoicebox_signature_algorithm,
        message_origins=settings.frame_ancestors,
    )


def _static_url(name: str) -> str:
    return f"/static/{name}?v={assets.fingerprint(name)}"
