"""The REST API of the provider, for any client that follows its reference.

One blueprint without a prefix of its own: it is mounted under ``/v3`` and ``/l3``. Each door in
it is one topic of the reference.
"""

from miniapp.sandbox.api.blueprint import api
from miniapp.sandbox.api.envelope import answer

__all__ = ["answer", "api"]
