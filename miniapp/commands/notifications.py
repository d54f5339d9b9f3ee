"""``miniapp notifications``: what the provider said, and acting on it again.

For the day on which a payment is disputed, and for the night in which a fault of ours made us
refuse one.
"""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from miniapp.base import clock
from miniapp.commands import application, complain
from miniapp.config import load

if TYPE_CHECKING:
    from miniapp.orders.archive import NotificationRecord

_HEAD = f"{'ID':>8}  {'RECEIVED (UTC)':<19}  {'ORDER':<16}  {'STATUS':<12}  ANSWER"


def add(parser: argparse.ArgumentParser) -> None:
    """Give the command its arguments."""
    parser.description = "Without a COMMAND, list the notifications of the provider, oldest first."
    parser.add_argument("--order", metavar="NUMBER", help="those of one order")
    parser.add_argument(
        "--since",
        type=_moment,
        metavar="MOMENT",
        help="received then or later, such as 2026-12-01 or 2026-12-01T09:30+03:00 "
        "(UTC unless it says otherwise); without --order a day ago",
    )
    parser.set_defaults(act=_list)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    show = commands.add_parser("show", help="write a notification as it came, byte for byte")
    show.add_argument("id", type=_id, metavar="ID", help="its number in the list")
    show.set_defaults(act=_show)
    replay = commands.add_parser("replay", help="act on a notification again, as if it came now")
    replay.add_argument("id", type=_id, metavar="ID", help="its number in the list")
    replay.add_argument(
        "--dry-run", action="store_true", help="say what would be answered, and undo everything"
    )
    replay.set_defaults(act=_replay)
    reseal = commands.add_parser(
        "reseal",
        help="encrypt all of them with the first key of MINIAPP_DATA_KEY, "
        "so that the others can be dropped",
    )
    reseal.set_defaults(act=_reseal)


def _list(arguments: argparse.Namespace) -> int:
    from miniapp.orders import archive

    since = arguments.since
    if arguments.order is None and since is None:
        since = clock.now() - timedelta(days=1)
    with application(load()) as app, app.app_context():
        records = archive.listed(order=arguments.order, since=since)
        for line in (_HEAD, *map(_line, records)) if records else ["No notification."]:
            print(line)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from miniapp.app import sealer
    from miniapp.base.sealing import CannotOpen
    from miniapp.orders import archive

    settings = load()
    with application(settings) as app, app.app_context():
        try:
            record = archive.record(arguments.id)
            raw = archive.read(arguments.id, sealer=sealer(settings))
        except archive.RecordNotFound:
            return _unknown(arguments.id)
        except CannotOpen as fault:
            return complain(str(fault))
        # Beside the standard output, which is the body and nothing else.
        print(f"{_HEAD}\n{_line(record)}", file=sys.stderr)
        print(f"X-Signature ({record.algorithm}): {record.signature}", file=sys.stderr)
    sys.stdout.buffer.write(raw)
    return 0


def _replay(arguments: argparse.Namespace) -> int:
    from miniapp.app import sealer
    from miniapp.base.sealing import CannotOpen
    from miniapp.orders import receiving
    from miniapp.orders.archive import RecordNotFound

    settings, dry_run = load(), arguments.dry_run
    with application(settings) as app, app.app_context():
        try:
            answer = receiving.replay(
                arguments.id,
                merchant_id=settings.invoicebox_merchant_id,
                sealer=sealer(settings),
                now=clock.now(),
                dry_run=dry_run,
            )
        except RecordNotFound:
            return _unknown(arguments.id)
        except CannotOpen as fault:
            return complain(str(fault))
    if dry_run:
        print(f"The answer would be {answer}. Nothing was changed.")
        return 0
    print(f"The answer is {answer} now.")
    return 0 if answer in receiving.FINAL else 1


def _reseal(_arguments: argparse.Namespace) -> int:
    from miniapp.app import sealer
    from miniapp.base.sealing import CannotOpen
    from miniapp.orders import archive

    settings = load()
    with application(settings) as app, app.app_context():
        try:
            count = sum(archive.seal_anew(sealer=sealer(settings)))
        except CannotOpen as fault:
            return complain(str(fault))
    print(f"{count} encrypted anew. The first key of MINIAPP_DATA_KEY reads all of them.")
    return 0


def _line(record: "NotificationRecord") -> str:
    number, status = record.order_number or "-", record.status or "-"
    received = record.received_at.strftime("%Y-%m-%d %H:%M:%S")
    return f"{record.id:>8}  {received}  {number:<16}  {status:<12}  {record.answer}"


def _unknown(number: int) -> int:
    return complain(f"There is no notification {number}; `miniapp notifications` lists them.")


def _id(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 2**31:
        raise argparse.ArgumentTypeError("it is a number of the list")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            "a moment is written 2026-12-01 or 2026-12-01T09:30+03:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
