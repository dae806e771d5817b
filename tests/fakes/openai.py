"""An OpenAI-compatible endpoint on loopback: real HTTP, strict about what it is asked, and able to fail in every way."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Json = dict[str, Any]

KEY = "sk-test"
ALLOWED = {"model", "messages", "response_format", "temperature", "max_completion_tokens"}
KEYWORDS = {"type", "properties", "required", "additionalProperties", "items", "enum"}
"""What every endpoint with strict schemas understands; more would be refused somewhere."""


class Asked(NamedTuple):
    """One request as the model behind the endpoint understands it."""

    criteria: list[str]
    misconceptions: list[str]
    answer: str
    rubric: str
    nonce: str
    body: Json


Mind = Callable[[Asked], Json]
"""What the model would return, as the object that the schema describes."""

Trouble = Callable[[asyncio.StreamWriter, Asked], Awaitable[None]]
"""What happens instead of a good reply; writes to the connection itself."""


def silent(asked: Asked) -> Json:
    """A mind that hears nothing."""
    return reply(asked, {})


def reply(
    asked: Asked,
    heard: dict[str, tuple[str, str]],
    wrong: dict[str, str] | None = None,
    cleared: dict[str, str] | None = None,
    *,
    speaks: bool = False,
) -> Json:
    """A reply by the schema: verdict and quote by criterion (others are missed), quote by misconception asserted or
    cleared."""
    missed = ("missed", "")
    told: Json = {
        "criteria": [
            {"id": one, "quote": quote, "reason": "As it says.", "verdict": verdict}
            for one in asked.criteria
            for verdict, quote in [heard.get(one, missed)]
        ]
    }
    if asked.misconceptions:
        told["misconceptions"] = [
            {
                "id": one,
                "quote": {**(cleared or {}), **(wrong or {})}.get(one, ""),
                "reason": "So it is.",
                "asserted": one in (wrong or {}),
            }
            for one in asked.misconceptions
        ]
    return {**told, "speaks_to_grader": speaks}


@dataclass
class FakeOpenAI:
    """The endpoint. Troubles are used up one for each request, then `mind` answers; `faults` says what was asked wrongly."""

    mind: Mind = silent
    troubles: list[Trouble] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    called: asyncio.Event = field(default_factory=asyncio.Event)
    """Something was asked."""
    faults: list[str] = field(default_factory=list)
    secret: tuple[str, ...] = ()
    """Words that must reach no endpoint: who the candidate is."""
    usage: Json | None = field(default_factory=lambda: {"prompt_tokens": 1000, "completion_tokens": 200})
    refuses: tuple[str, ...] = ()
    """Parameters that this endpoint does not know."""
    url: str = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the other side closes it."""
        try:
            while head := await _head(reader):
                length = int(re.search(rb"content-length: (\d+)", head, re.I)[1])  # type: ignore[index]
                await self._answer(head, await reader.readexactly(length), writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        asked, faults = self._read(head.decode(), body.decode())
        refused = [name for name in self.refuses if name in (asked.body if asked else {})]
        if refused:
            error = {
                "message": f"Unsupported parameter: '{refused[0]}'",
                "param": refused[0],
                "type": "invalid",
            }
            writer.write(http(400, json.dumps({"error": error})))
            return
        self.faults += faults
        if asked is None:
            writer.write(http(400, json.dumps({"error": {"message": "; ".join(faults)}})))
            return
        self.asked.append(asked)
        self.called.set()
        if self.troubles:
            await self.troubles.pop(0)(writer, asked)
        else:
            writer.write(http(200, completion(json.dumps(self.mind(asked)), self.usage)))

    def _read(self, head: str, body: str) -> tuple[Asked | None, list[str]]:
        faults = list(_head_faults(head))
        faults += [f"the request names {word}" for word in self.secret if word in head or word in body]
        try:
            asked = understand(json.loads(body))
        except (KeyError, ValueError, IndexError, TypeError) as error:
            return None, [*faults, f"cannot be understood: {error!r}"]
        faults += request_faults(asked.body)
        if asked.nonce in {one.nonce for one in self.asked}:
            faults.append("the mark was used before")
        if any(one.body["messages"][0] != asked.body["messages"][0] for one in self.asked[:1]):
            faults.append("the first message is not always the same")
        return asked, faults


def understand(body: Json) -> Asked:
    """Take a request apart."""
    schema = body["response_format"]["json_schema"]["schema"]["properties"]
    rubric, task = (one["content"] for one in body["messages"][1:])
    lines = task.split("\n")
    nonce = next(line for line in lines if re.fullmatch(r"[0-9a-f]{16,}", line))
    first, last = (index for index, line in enumerate(lines) if line == nonce)
    if last != first + 2:
        raise ValueError("the answer is not one line between two marks")
    sealed = lines[first + 1]
    if not isinstance(json.loads(sealed), str) or re.search(r"[<>`]|\[/?INST", sealed, re.I):
        raise ValueError("the answer is not one sealed JSON string")
    return Asked(
        schema["criteria"]["items"]["properties"]["id"]["enum"],
        schema["misconceptions"]["items"]["properties"]["id"]["enum"] if "misconceptions" in schema else [],
        json.loads(sealed),
        rubric,
        nonce,
        body,
    )


def request_faults(body: Json) -> list[str]:
    """What is wrong with a request that can be understood."""
    faults = [f"unknown parameter {name}" for name in body if name not in ALLOWED]
    if [one["role"] for one in body["messages"]] != ["system", "user", "user"]:
        faults.append("roles are not system, user, user")
    if (
        body["response_format"]["type"] != "json_schema"
        or not body["response_format"]["json_schema"]["strict"]
    ):
        faults.append("the schema is not strict")
    faults += schema_faults(body["response_format"]["json_schema"]["schema"])
    names = json.dumps(body["response_format"])
    faults += [
        f"the model is asked for a {word}" for word in ("score", "total", "points") if f'"{word}"' in names
    ]
    return faults


def schema_faults(schema: Json) -> list[str]:
    """What a strict endpoint would refuse a schema for."""
    faults = [f"keyword {word}" for word in schema if word not in KEYWORDS]
    if schema["type"] == "object":
        if schema.get("additionalProperties") is not False:
            faults.append("an object is open")
        if schema.get("required") != list(schema["properties"]):
            faults.append("not all properties are required")
        faults += [fault for one in schema["properties"].values() for fault in schema_faults(one)]
    if schema["type"] == "array":
        faults += schema_faults(schema["items"])
    if schema.get("enum") == []:
        faults.append("an empty enum")
    return faults


def _head_faults(head: str) -> list[str]:
    faults = []
    if not head.startswith("POST /v1/chat/completions HTTP/1.1"):
        faults.append(f"wrong address: {head.splitlines()[0]}")
    if f"authorization: bearer {KEY}" not in head.lower():
        faults.append("no key")
    return faults


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def http(status: int, body: str, *headers: str, kind: str = "application/json") -> bytes:
    """A response with its head."""
    sent = body.encode()
    lines = (
        f"HTTP/1.1 {status} X",
        f"Content-Type: {kind}",
        f"Content-Length: {len(sent)}",
        *headers,
        "",
        "",
    )
    return "\r\n".join(lines).encode() + sent


def completion(content: str | None, usage: Json | None = None, **changes: Any) -> str:
    """A chat completion; `changes` replace parts of its first choice."""
    choice = {
        "index": 0,
        "finish_reason": "stop",
        "message": {"role": "assistant", "content": content},
        **changes,
    }
    told: Json = {"id": "c1", "object": "chat.completion", "created": 1, "model": "test-model-2026-01-01"}
    return json.dumps({**told, "choices": [choice], **({"usage": usage} if usage else {})})


def says(body: str, status: int = 200, *headers: str, kind: str = "application/json") -> Trouble:
    """Answer with this."""

    async def trouble(writer: asyncio.StreamWriter, asked: Asked) -> None:
        writer.write(http(status, body, *headers, kind=kind))

    return trouble


def spoken(change: Callable[[Json], object]) -> Trouble:
    """Answer with a reply that was right before `change`."""

    async def trouble(writer: asyncio.StreamWriter, asked: Asked) -> None:
        told = silent(asked)
        changed = change(told)
        writer.write(http(200, completion(json.dumps(told if changed is None else changed))))

    return trouble


async def hangs(writer: asyncio.StreamWriter, asked: Asked) -> None:
    """A black hole: the request is taken, and nothing ever comes back."""
    await asyncio.sleep(30)


async def drips(writer: asyncio.StreamWriter, asked: Asked) -> None:
    """A byte now and then, so that no timeout between bytes ever strikes."""
    writer.write(http(200, completion(json.dumps(silent(asked))))[:60])
    for _ in range(1000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.03)


async def hangs_up(writer: asyncio.StreamWriter, asked: Asked) -> None:
    """The connection breaks before a byte is written."""
    writer.close()


async def breaks_off(writer: asyncio.StreamWriter, asked: Asked) -> None:
    """The connection breaks in the middle of the body."""
    writer.write(http(200, completion(json.dumps(silent(asked))))[:-40])
    await writer.drain()
    writer.close()


async def never_ends(writer: asyncio.StreamWriter, asked: Asked) -> None:
    """A body without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        await writer.drain()


@asynccontextmanager
async def serving(fake: FakeOpenAI) -> AsyncGenerator[FakeOpenAI]:
    """Serve on a free port of loopback; every request must have been right in the end."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await fake.handle(reader, writer)
        except asyncio.CancelledError:
            writer.close()
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=1 << 20)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield fake
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert fake.faults == []
