"""The session and its gate, against servers that answer every shape of facts 1.3 and 1.5."""

import asyncio
import json
import logging
import ssl

import pytest
from aiohttp import web

from bot.core.errors import HarnessTrouble, Trouble
from bot.harness import documents
from bot.harness.complaints import HttpTrouble
from bot.harness.transport import Address, _timeout, open_wire
from tests.harness.servers import listening, serving
from tests.harness.test_complaints import BODIES

KEY = "a2tteVNtVUlTaW1vUnJKTDZOTDczdzo6c2VjcmV0"
HELLO = documents.hello()


def answering(text, status=200, content_type="application/json", **headers) -> web.Response:
    body = text if isinstance(text, bytes) else text.encode()
    return web.Response(body=body, status=status, content_type=content_type, headers=headers)


async def post(handler, question=HELLO, seconds=5.0):
    async with serving(handler) as url, open_wire(Address(url, "acc", KEY)) as wire:
        return await wire.post(question, seconds=seconds)


async def trouble_of(handler, seconds=5.0) -> HarnessTrouble:
    with pytest.raises(HarnessTrouble) as told:
        await post(handler, seconds=seconds)
    return told.value


async def test_a_request_carries_key_account_and_json():
    """The account is always sent: the gateway routes by it (facts 1.2)."""
    seen = []

    async def handler(request):
        seen.append((request.path, dict(request.query), request.headers, await request.json()))
        return answering('{"data":{"execution":null}}')

    answer = await post(handler, documents.run_for_resume("x"))
    ((path, query, headers, body),) = seen
    assert (path, query) == ("/api/graphql", {"accountId": "acc"})
    assert headers["x-api-key"] == KEY
    assert headers["Content-Type"] == "application/json"
    assert body["variables"] == {"id": "x"}
    assert answer.data == {"execution": None}


@pytest.mark.parametrize("base", ["", "/gateway", "/gateway/", "/a/b"])
async def test_the_base_address_is_used_as_given(base):
    """A self-managed Harness has no gateway in its path (facts 1.1)."""
    paths = []

    async def handler(request):
        paths.append(request.path)
        return answering('{"data":{}}')

    async with serving(handler) as url, open_wire(Address(url + base, "acc", KEY)) as wire:
        await wire.post(HELLO, seconds=5)
    assert paths == [f"{base.rstrip('/')}/api/graphql"]


async def test_partial_data_is_kept_beside_its_complaints():
    """One failing alias leaves the others their data (facts 1.1, trap 21)."""
    body = {
        "data": {"r0": None, "r1": {"id": "x"}},
        "errors": [
            {
                "message": "Exception while fetching data (/r0) : Invalid request: gone",
                "path": ["r0"],
                "locations": [],
            }
        ],
    }

    async def handler(request):
        return answering(json.dumps(body))

    answer = await post(handler)
    assert answer.data["r1"] == {"id": "x"}
    assert [c.text for c in answer.under("r0")] == ["Invalid request: gone"]
    assert answer.under("r1") == ()


@pytest.mark.parametrize(("status", "body", "kind"), BODIES)
async def test_every_odd_answer_is_told_apart_before_gql_sees_it(status, body, kind):
    """The status of a GraphQL-shaped 429 and the body of a 401 are not lost (traps 23, 24)."""

    async def handler(request):
        return answering(body, status, Location="/elsewhere")

    trouble = await trouble_of(handler)
    assert isinstance(trouble, HttpTrouble)
    assert (trouble.kind, trouble.status) == (kind, status)


@pytest.mark.parametrize("body", ['{"data":null}', '{"data":{', '{"errors":[]}', '{"data":[]}'])
async def test_an_answer_with_nothing_in_it_is_no_data(body):
    """Cut off, null or empty: strange at best, and never a crash."""

    async def handler(request):
        return answering(body)

    try:
        answer = await post(handler)
    except HarnessTrouble as trouble:
        kind = trouble.kind
    else:
        kind = None
        assert (answer.data, answer.complaints) == ({}, ())
    assert kind in {None, Trouble.STRANGE}


async def test_no_redirect_is_followed():
    """The key would travel along (ruling 23)."""
    paths = []

    async def handler(request):
        paths.append(request.path)
        return answering(b"", 307, Location="/elsewhere")

    assert (await trouble_of(handler)).kind is Trouble.WRONG_ADDRESS
    assert paths == ["/api/graphql"]


async def test_a_key_that_a_server_echoes_is_blotted_out():
    """No detail carries the key, not even one that Harness wrote (trap 6)."""

    async def handler(request):
        return answering(json.dumps({"code": "INVALID_TOKEN", "message": f"bad {KEY}!"}), 401)

    trouble = await trouble_of(handler)
    assert trouble.kind is Trouble.BAD_KEY
    assert KEY not in str(trouble)
    assert trouble.detail == "bad …!"


async def test_an_address_does_not_show_its_key():
    """Neither the key nor a proxy's password is in the address's repr."""
    address = Address("https://h", "acc", KEY, proxy="http://u:secret@proxy:3128")
    assert KEY not in repr(address)
    assert "secret" not in repr(address)


async def test_a_silent_server_is_a_time_out_on_time():
    """The time-out is exact also above five seconds' rounding."""

    async def handler(request):
        await asyncio.Event().wait()
        return answering("{}")

    assert (await trouble_of(handler, seconds=0.2)).kind is Trouble.TIMEOUT


def test_a_long_time_out_is_not_rounded_up():
    """A whole second more than promised is too late for a person (ruling 8)."""
    assert _timeout(7.3).total == 7.3
    assert _timeout(7.3).ceil_threshold > 7.3


async def test_a_body_that_never_ends_is_a_time_out_on_time():
    """The time-out covers the body too, however the headers came."""

    async def handler(request):
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"data":')
        await asyncio.Event().wait()
        return response

    assert (await trouble_of(handler, seconds=0.2)).kind is Trouble.TIMEOUT


@pytest.mark.parametrize(
    "body", [b'{"data":\xff\xfe', b'{"data":' + b"[" * 100_000, b'{"errors":7}']
)
async def test_a_broken_answer_is_strange_and_its_text_goes_nowhere(body, caplog):
    """Bytes that are no JSON and nesting without end are answers of nothing."""

    async def handler(request):
        return answering(body)

    try:
        answer = await post(handler)
    except HarnessTrouble as trouble:
        assert trouble.kind is Trouble.STRANGE  # noqa: PT017
    else:
        assert [c.text for c in answer.complaints] == ["7"]


async def test_a_dropped_connection_is_unreachable():
    """A connection that goes away in the middle is no answer."""

    async def handler(request):
        request.transport.abort()
        return answering("{}")

    assert (await trouble_of(handler)).kind is Trouble.UNREACHABLE


async def test_nobody_listening_is_unreachable():
    """A refused connection says so."""
    async with listening() as ear:
        url = ear.url
    async with open_wire(Address(url, "acc", KEY)) as wire:
        with pytest.raises(HarnessTrouble) as told:
            await wire.post(HELLO, seconds=5)
    assert told.value.kind is Trouble.UNREACHABLE
    assert "Cannot connect to host 127.0.0.1" in told.value.detail
    assert "ssl:" not in told.value.detail


async def test_an_answer_cut_short_is_no_answer():
    """Fewer bytes than promised are not read as all."""

    async def handler(request):
        response = web.StreamResponse(headers={"Content-Length": "500"})
        await response.prepare(request)
        await response.write(b'{"data":{}}')
        request.transport.abort()
        return response

    assert (await trouble_of(handler)).kind is Trouble.UNREACHABLE


async def test_too_large_an_answer_is_not_read_to_its_end():
    """Ten megabytes are enough for any honest answer."""

    async def handler(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 1_000_000)

    assert (await trouble_of(handler)).kind is Trouble.STRANGE


async def test_two_clicks_share_one_session():
    """Opening gql's client per call breaks under two clicks (style 3.7)."""

    async def handler(request):
        return answering('{"data":{"__typename":"Query"}}')

    async with serving(handler) as url, open_wire(Address(url, "acc", KEY)) as wire:
        both = await asyncio.gather(*(wire.post(HELLO, seconds=5) for _ in range(20)))
    assert [a.data for a in both] == [{"__typename": "Query"}] * 20


async def test_gql_does_not_log_payloads(caplog):
    """Its loggers print whole requests and answers at DEBUG and INFO."""
    caplog.set_level(logging.DEBUG)

    async def handler(request):
        return answering('{"data":{"x":"a-secret-answer"}}')

    await post(handler, documents.click("x", "dana@example.com"))
    assert "dana@example.com" not in caplog.text
    assert "a-secret-answer" not in caplog.text


async def test_a_private_authority_is_trusted_when_given(tmp_path):
    """HARNESS_CA_BUNDLE adds a private CA; without it the certificate is refused."""
    pem, context = _certificate(tmp_path)

    async def handler(request):
        return answering('{"data":{}}')

    async with serving(handler, context) as url:
        async with open_wire(Address(url, "acc", KEY, ca_bundle=pem)) as wire:
            await wire.post(HELLO, seconds=5)
        async with open_wire(Address(url, "acc", KEY)) as wire:
            with pytest.raises(HarnessTrouble, match="certificate") as told:
                await wire.post(HELLO, seconds=5)
    assert told.value.kind is Trouble.UNREACHABLE


def _certificate(folder):
    import subprocess

    pem, key = folder / "ca.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1", "-addext",
            "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(pem),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key)
    return pem, context


async def test_proxies_of_the_environment_are_not_read(monkeypatch):
    """Only what the settings give is used."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def handler(request):
        return answering('{"data":{}}')

    await post(handler)


async def test_a_proxy_is_really_used():
    """An https request goes to the proxy as a CONNECT."""
    async with listening() as proxy:
        address = Address("https://harness.example", "acc", KEY, proxy=proxy.url)
        async with open_wire(address) as wire:
            with pytest.raises(HarnessTrouble):
                await wire.post(HELLO, seconds=0.5)
        assert proxy.heard.startswith(b"CONNECT harness.example:443")
        assert KEY.encode() not in proxy.heard
