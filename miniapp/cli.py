"""The command line. Each command reads the settings, makes one call, and says how it ended.

The exit status is 0 when the work was done, 1 when it was not, 2 when the command or the
settings make no sense; then nothing was begun.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from miniapp.base import clock, i18n
from miniapp.config import BadSettings, Settings, load

if TYPE_CHECKING:
    from flask import Flask

PORT, SANDBOX_PORT = 8000, 8001


def main(argv: list[str] | None = None) -> int:
    """Run one command; give its exit status."""
    arguments = _parser().parse_args(argv)
    try:
        with i18n.speaking(_language()):
            status: int = arguments.act(arguments)
    except BadSettings as fault:
        return _complain(str(fault), status=2)
    return status


def _serve(arguments: argparse.Namespace) -> int:
    settings = load()
    if sys.platform == "win32":
        return _complain(
            "gunicorn does not run on Windows: give another WSGI server, such as waitress, "
            "the application that miniapp.app.create_app(miniapp.config.load()) makes."
        )
    from miniapp.serving import serve

    serve(settings, host=arguments.host, port=arguments.port, workers=arguments.workers)
    return 0


def _worker(arguments: argparse.Namespace) -> int:
    from miniapp.app import merchant
    from miniapp.base.tokens import Signer
    from miniapp.outgoing import worker
    from miniapp.outgoing.mailer import Mailer
    from miniapp.outgoing.world import World

    settings = load()
    with _application(settings) as app:
        world = World(
            mailer=Mailer(url=settings.smtp_url, sender=settings.mail_from),
            merchant=merchant(settings),
            signer=Signer(settings.secret_key.get_secret_value()),
            public_url=settings.public_url,
            templates=app.jinja_env,
        )
        worker.run(app, world=world, once=arguments.once)
    return 0


def _sandbox(arguments: argparse.Namespace) -> int:
    from miniapp.sandbox.serving import serve
    from miniapp.sandbox.settings import SandboxSettings

    try:
        settings = SandboxSettings.from_environment(
            public_url=f"http://localhost:{arguments.port}",
            miniapp_url=f"http://127.0.0.1:{os.environ.get('PORT', PORT)}",
        )
    except ValueError as fault:
        raise BadSettings(str(fault)) from None
    try:
        serve(settings, "127.0.0.1", arguments.port)
    except OSError as fault:
        return _complain(f"The sandbox cannot listen: {fault.strerror or fault}.")
    return 0


def _demo(_arguments: argparse.Namespace) -> int:
    from miniapp import demo

    try:
        ports = demo.Ports.from_environment(os.environ)
    except ValueError as fault:
        raise BadSettings(str(fault)) from None
    return demo.run(ports)


def _db_upgrade(_arguments: argparse.Namespace) -> int:
    from miniapp.base import migrating

    migrating.upgrade(load().database)
    print(f"The schema is at revision {', '.join(migrating.newest())}.")
    return 0


def _catalogue_import(arguments: argparse.Namespace) -> int:
    from miniapp.catalogue.errors import CatalogueFault
    from miniapp.catalogue.loading import import_file

    with _application(load()) as app, app.app_context():
        try:
            report = import_file(arguments.file, now=clock.now(), dry_run=arguments.dry_run)
        except CatalogueFault as fault:
            return _complain(str(fault))
        except OSError as fault:
            return _complain(f"{arguments.file}: {fault.strerror}")
    for section, created in report.created.items():
        updated, unchanged = report.updated[section], report.unchanged[section]
        print(f"{section}: {created} new, {updated} changed, {unchanged} as before")
    return 0


def _catalogue_export(arguments: argparse.Namespace) -> int:
    from miniapp.catalogue.exporting import export_text

    with _application(load()) as app, app.app_context():
        sys.stdout.write(export_text(format=arguments.format))
    return 0


def _reconcile(_arguments: argparse.Namespace) -> int:
    from miniapp.app import merchant
    from miniapp.outgoing import sweeps

    settings = load()
    failed = 0
    with _application(settings) as app, app.app_context():
        for looked in sweeps.reconcile(merchant=merchant(settings), now=clock.now()):
            failed += looked.after is None
            print(f"{looked.number}: {looked.before} -> {looked.after or 'could not be asked'}")
    return 1 if failed else 0


@contextmanager
def _application(settings: Settings) -> Iterator["Flask"]:
    """The application without its server; its connections are closed at the end."""
    from miniapp.app import create_app
    from miniapp.base import logs
    from miniapp.base.db import db

    logs.configure(settings.log_format)
    app = create_app(settings)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def _complain(sentence: str, *, status: int = 1) -> int:
    print(sentence, file=sys.stderr)
    return status


def _language() -> i18n.Language:
    """The language of the terminal, Russian unless it is one we speak."""
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return i18n.product()[next(filter(None, named), "ru")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="miniapp", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve the mini-app (production server)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    serve.add_argument("--port", type=_port, default=PORT, help="default %(default)s")
    serve.add_argument("--workers", type=_count, default=2, help="processes (%(default)s)")
    serve.set_defaults(act=_serve)

    worker = commands.add_parser(
        "worker", help="send letters and ask the provider about open orders; any number may run"
    )
    worker.add_argument("--once", action="store_true", help="do what is due now and end")
    worker.set_defaults(act=_worker)

    sandbox = commands.add_parser("sandbox", help="a pretend Invoicebox with its host pages")
    sandbox.add_argument("--port", type=_port, default=SANDBOX_PORT, help="default %(default)s")
    sandbox.set_defaults(act=_sandbox)

    demo = commands.add_parser(
        "demo",
        help="all three on an SQLite database in ./instance; PORT, SANDBOX_PORT choose ports",
    )
    demo.set_defaults(act=_demo)

    reconcile = commands.add_parser("reconcile", help="ask the provider about every open order now")
    reconcile.set_defaults(act=_reconcile)

    database = commands.add_parser("db", help="the database").add_subparsers(required=True)
    upgrade = database.add_parser("upgrade", help="bring the schema up to date")
    upgrade.set_defaults(act=_db_upgrade)

    _add_catalogue(commands.add_parser("catalogue", help="places and lounges"))
    return parser


def _add_catalogue(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    taking = commands.add_parser("import", help="take a YAML or CSV file, all of it or nothing")
    taking.add_argument("file", type=Path, metavar="FILE")
    taking.add_argument("--dry-run", action="store_true", help="check the file, write nothing")
    taking.set_defaults(act=_catalogue_import)
    giving = commands.add_parser("export", help="print the catalogue (csv: its places)")
    giving.add_argument("--format", choices=("yaml", "csv"), default="yaml")
    giving.set_defaults(act=_catalogue_export)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("at least 1 is needed")
    return int(text)
