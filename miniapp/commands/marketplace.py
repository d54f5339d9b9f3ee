"""``miniapp marketplace``: the lounges as points of sale in the provider's marketplace."""

import argparse
import sys
from typing import TYPE_CHECKING

from miniapp.commands import application, complain
from miniapp.config import load

if TYPE_CHECKING:
    from miniapp.listing.publishing import Published
    from miniapp.listing.shop_window import Entry


def add(parser: argparse.ArgumentParser) -> None:
    """Give the command its arguments."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    publish = commands.add_parser(
        "publish", help="open a point of sale for each public lounge, or bring it up to date"
    )
    publish.add_argument(
        "--dry-run", action="store_true", help="print what would be told, and tell nothing"
    )
    publish.set_defaults(act=_publish)


def _publish(arguments: argparse.Namespace) -> int:
    from miniapp.app import merchant
    from miniapp.invoicebox.errors import ProviderError
    from miniapp.listing import publishing, shop_window

    settings, faults = load(), 0
    with application(settings) as app, app.app_context():
        try:
            entries = shop_window.entries(public_url=settings.public_url)
            if arguments.dry_run:
                print(*map(_planned, entries), sep="\n")
                return 0
            shop = merchant(settings, background=True)
            for published in publishing.publish(entries, merchant=shop):
                faults += _told(published)
        except shop_window.LinkTooLong as fault:
            return complain(str(fault))
        except ProviderError as fault:
            return complain(f"The marketplace: {fault}. The rest was not tried.")
    return 1 if faults else 0


def _planned(entry: "Entry") -> str:
    aim = f"would change {entry.shop_id}" if entry.shop_id else "would be new"
    details = entry.details
    said = (entry.new.title, details.registration_address, details.shop_url)
    return f"{entry.slug}: {aim}: {' | '.join(map(str, said))}"


def _told(published: "Published") -> bool:
    """Print what came of one lounge; True for a fault."""
    entry = published.entry
    if published.fault:
        print(f"{entry.slug}: {published.fault}", file=sys.stderr)
        return True
    print(f"{entry.slug}: {entry.shop_id} {'new' if published.is_new else 'brought up to date'}")
    return False
