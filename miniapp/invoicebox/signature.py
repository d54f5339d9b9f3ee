"""The proof that a notification is the provider's (Invoicebox API reference, section 15.2).

The header ``X-Signature`` is the HMAC of the raw bytes in hexadecimal, so it is checked before
anything is parsed: writing the JSON anew changes the digest. The plain ``hash`` method of the
shop settings does not use the key at all; there is deliberately no way to choose it here.
"""

import hashlib
import hmac
from collections.abc import Sequence

ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}


def sign(body: bytes, key: str, algorithm: str) -> str:
    """The signature of these bytes, lower-case hexadecimal.

    Raises ValueError for an empty key and for an algorithm other than sha1, sha256, sha512.
    """
    if algorithm not in ALGORITHMS:
        raise ValueError(f"signature algorithm must be one of {', '.join(ALGORITHMS)}")
    if not key:
        raise ValueError("the notification key is empty")
    return hmac.new(key.encode(), body, ALGORITHMS[algorithm]).hexdigest()


def verify(body: bytes, header: str | None, keys: Sequence[str], algorithm: str) -> bool:
    """Tell whether the header signs these bytes with any of the keys.

    Several keys are for the days in which a key is changed. Spaces and tabs around the header
    and upper-case digits are accepted. Takes the same time whichever key or digit fits. Raises
    ValueError as ``sign`` does, and without keys: an unsigned message is never let through.
    """
    if isinstance(keys, str) or not keys:
        raise ValueError("notifications cannot be checked without a list of keys")
    given = (header or "").strip(" \t").encode("ascii", "replace").lower()
    fits = [hmac.compare_digest(sign(body, key, algorithm).encode(), given) for key in keys]
    return any(fits)
