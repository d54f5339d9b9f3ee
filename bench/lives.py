"""Thousands of random lives of orders on both databases, other ones each time (``tests/lives``).

A life that goes wrong is printed step by step, with a line that plays it again.
"""

import os
import subprocess
import sys

from bench.processes import ROOT

_TEST = "tests/lives/test_random_lives.py"


def run(number: int) -> int:
    """Let so many lives be lived on each database; 1 when one of them went wrong."""
    command = (sys.executable, "-m", "pytest", "-q", "-n", "2", "--timeout=0", _TEST)
    environment = os.environ | {"LIVES": str(number)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
