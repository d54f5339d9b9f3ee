"""The command line. Each command reads the settings, makes one call, and says how it ended.

The exit status is 0 when the work was done, 1 when it was not, 2 when the command or the
settings make no sense; then nothing was begun.
"""

import argparse
import os
import sys
from pathlib import Path

from miniapp.base import clock, i18n
from miniapp.commands import application, complain, marketplace, notifications
from miniapp.config import BadSettings, load

PORT, SANDBOX_PORT = 8000, 8001


def main(argv: list[str] | None = None) -> int:
    """Run one command; give its exit status."""
    arguments = _parser().parse_args(argv)
    try:
        with i18n.speaking(_language()):
            status: int = arguments.act(arguments)
    except BadSettings as fault:
        return complain(str(fault), status=2)
    except KeyboardInterrupt:
        return complain("Interrupted.")
    return status


def _serve(arguments: argparse.Namespace) -> int:
    settings = load()
    if sys.platform == "win32":
        return complain(
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
    with application(settings) as app:
        world = World(
            mailer=Mailer(url=settings.smtp_url, sender=settings.mail_from),
            merchant=merchant(settings, background=True),
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
        return complain(f"The sandbox cannot listen: {fault.strerror or fault}.")
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

    with application(load()) as app, app.app_context():
        try:
            report = import_file(arguments.file, now=clock.now(), dry_run=arguments.dry_run)
        except CatalogueFault as fault:
            return complain(str(fault))
        except OSError as fault:
            return complain(f"{arguments.file}: {fault.strerror}")
    for section, created in report.created.items():
        updated, unchanged = report.updated[section], report.unchanged[section]
        print(f"{section}: {created} new, {updated} changed, {unchanged} as before")
    return 0


def _catalogue_export(arguments: argparse.Namespace) -> int:
    from miniapp.catalogue.exporting import export_text

    with application(load()) as app, app.app_context():
        sys.stdout.write(export_text(format=arguments.format))
    return 0


def _reconcile(_arguments: argparse.Namespace) -> int:
    from miniapp.app import merchant
    from miniapp.base.db import reading
    from miniapp.orders import holds
    from miniapp.outgoing import sweeps

    settings = load()
    failed = 0
    with application(settings) as app, app.app_context():
        provider = merchant(settings, background=True)
        for looked in sweeps.reconcile(merchant=provider, now=clock.now()):
            failed += looked.after is None
            print(f"{looked.number}: {looked.before} -> {looked.after or 'could not be asked'}")
        wrong = sweeps.check_ledger(now=clock.now())
        for account in wrong:
            print(f"{account.number}: {account}", file=sys.stderr)
        for slot in holds.overfull(reading(), now=clock.now()):
            sentence = f"{slot.taken} seats sold, {slot.capacity} there"
            print(f"{slot.lounge}, {slot.starts_at:%Y-%m-%d %H:%M}Z: {sentence}", file=sys.stderr)
    return 1 if failed or wrong else 0


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

    reconcile = commands.add_parser(
        "reconcile", help="ask the provider about every open order now, and check the ledger"
    )
    reconcile.set_defaults(act=_reconcile)

    notifications.add(
        commands.add_parser(
            "notifications", help="what the provider told us, and acting on it again"
        )
    )

    marketplace.add(
        commands.add_parser("marketplace", help="the lounges as points of sale in the marketplace")
    )

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
