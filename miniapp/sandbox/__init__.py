"""A pretend Invoicebox: the merchant API, the payment page and the hosts of the mini-app.

It stands beside the product, is reached by URL only, and keeps its own knowledge of the wire,
so that one misreading of the reference is not mirrored on both sides.
"""

from miniapp.sandbox.app import create_sandbox
from miniapp.sandbox.settings import SandboxSettings

__all__ = ["SandboxSettings", "create_sandbox"]
