"""The last look at the clock, in the same stretch of code that writes the request.

A process that was suspended may wake long after its claim was given up, and aiohttp writes the body
of a request in a task of its own, after every hook. So the deadline is checked by the body itself,
right before it is handed to the socket together with the headers, which aiohttp holds back until
then: past the deadline, not a byte leaves (ruling 11; engine section 4).
"""

from aiohttp import BytesPayload, ClientHandlerType, ClientRequest, ClientResponse
from aiohttp.abc import AbstractStreamWriter

from bot.ports import Clock


class TooLate(Exception):
    """The deadline had passed when the request was about to be written."""


class WriteGuard:
    """A client middleware for one request; *reached* says whether writing it ever began."""

    def __init__(self, clock: Clock, deadline: float) -> None:
        self._clock = clock
        self._deadline = deadline
        self.reached = False

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Put the guarded body in the place of the ordinary one."""
        body = request.body
        content = body if isinstance(body, bytes) else await body.as_bytes()
        await request.update_body(_GuardedBody(content, self))
        return await handler(request)

    def check(self) -> None:
        """Raise ``TooLate``, or note that from here on the request may have been sent."""
        if self._clock.monotonic() >= self._deadline:
            raise TooLate
        self.reached = True


class _GuardedBody(BytesPayload):
    def __init__(self, content: bytes, guard: WriteGuard) -> None:
        super().__init__(content, content_type="application/json")
        self._guard = guard

    async def write(self, writer: AbstractStreamWriter) -> None:
        self._guard.check()
        await writer.write(self._value)

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        self._guard.check()
        await writer.write(self._value if content_length is None else self._value[:content_length])
