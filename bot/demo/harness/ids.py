"""Ids and keys as Harness makes them, repeatable from a seed."""

from base64 import b64encode, urlsafe_b64encode
from random import Random
from string import ascii_letters, digits
from uuid import UUID

_EVERY = 6
_HYPHEN, _UNDERSCORE = 0xF8, 0xFC  # the first six bits that base64 writes as "-" and "_"


class Ids:
    """Make new ids in one repeatable order."""

    def __init__(self, seed: int) -> None:
        """Begin the sequence that belongs to the seed."""
        self._random = Random(seed)
        self._made = 0

    def new(self) -> str:
        """Make 22 characters of URL-safe base64; every sixth begins with `-` or `_` (facts 6.4)."""
        self._made += 1
        raw = bytearray(self._random.randbytes(16))
        if self._made % _EVERY == 0:
            raw[0] = _HYPHEN if self._made % (2 * _EVERY) else _UNDERSCORE
        return urlsafe_b64encode(bytes(raw)).decode().rstrip("=")

    def uuid(self) -> str:
        """Make a UUID, as event payloads carry it (facts 7.3)."""
        return str(UUID(bytes=self._random.randbytes(16), version=4))

    def secret(self, account: str | None) -> str:
        """Make an API key: base64 of `<account>::<80 characters>`, or an old one without it.

        Facts 1.2: keys made long ago do not carry the account's id.
        """
        letters = "".join(self._random.choices(ascii_letters + digits, k=80))
        return b64encode(f"{account}::{letters}".encode()).decode() if account else letters
