"""``python -m miniapp`` is the command line."""

import sys

from miniapp.cli import main

sys.exit(main())
