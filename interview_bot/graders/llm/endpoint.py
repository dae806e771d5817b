"""Speaks to an OpenAI-compatible endpoint: patiently but never for ever, strictly, and counting what it costs."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast

import httpx2
import openai
import structlog
from openai import AsyncOpenAI
from pydantic import BaseModel, Field, ValidationError

from interview_bot.core.errors import GraderUnavailable
from interview_bot.graders.llm.prompt import BadReply, Message

MOST_BYTES = 1_000_000
"""A reply that is longer is not read to its end."""

MOST_TOKENS = 6000
"""What a model may write for one reply, its silent reasoning included."""

BYTES_PER_TOKEN = 3
"""For an estimate where the endpoint does not say what it counted; rather too many tokens than too few."""

log = structlog.get_logger()
T = TypeVar("T")


class Endpoint(NamedTuple):
    """Where a model is and what it costs; `url` None is OpenAI's own. Prices in US dollars per million tokens."""

    model: str
    key: str
    url: str | None = None
    price_in: float = 0.0
    price_out: float = 0.0


class Patience(NamedTuple):
    """How long to wait, in seconds, and how often to try."""

    for_a_try: float = 20.0
    for_all: float = 60.0
    """For one answer, with every try and every look at it."""
    retries: int = 1
    before_a_retry: float = 1.0
    retry_after: float = 10.0
    """The longest `Retry-After` that is waited for."""
    failures: int = 3
    """So many failed answers in a row, and the endpoint is left alone for a while ..."""
    rest: float = 60.0
    """... so long, so that candidates do not all wait for what will not come."""


class Told(NamedTuple, Generic[T]):
    """A reply as it was read, with the model that gave it and what it cost in US dollars, failed tries included."""

    value: T
    model: str
    cost: float


class _Body(Protocol):
    def iter_bytes(self) -> AsyncIterator[bytes]: ...


class _Fault(Exception):
    """One try that failed: whether another may help, how long to wait, and what the try may have cost."""

    def __init__(
        self, reason: str, *, again: bool, wait: float | None = None, cost: float = 0.0, refused: str = ""
    ) -> None:
        super().__init__(reason)
        self.again, self.wait, self.cost, self.refused = again, wait, cost, refused


class _Spoken(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Spoken
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    model: str | None = None
    usage: Any = None


class Caller:
    """Asks one endpoint. Keeps connections open until it is closed; safe to share between tasks of one loop."""

    def __init__(self, endpoint: Endpoint, patience: Patience) -> None:
        """Nothing connects yet."""
        self.endpoint, self.patience = endpoint, patience
        # The client's own retries are off: they would be invisible to the deadline and to the count of costs.
        self._client = AsyncOpenAI(
            api_key=endpoint.key,
            base_url=endpoint.url or "https://api.openai.com/v1",
            max_retries=0,
            timeout=httpx2.Timeout(patience.for_a_try, connect=min(5.0, patience.for_a_try)),
        )
        # What some endpoints do not know; whatever is refused by its name is left out from then on.
        self._wishes: dict[str, Any] = {"temperature": 0, "max_completion_tokens": MOST_TOKENS}
        self._failures = 0
        self._rests_until = -math.inf

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def ask(
        self,
        write: Callable[[], list[Message]],
        schema: dict[str, Any],
        read: Callable[[str], T],
        until: float,
    ) -> Told[T]:
        """Ask until a reply can be read, tries are used up, or the loop's clock shows `until`.

        Each try writes its messages anew, so that each has a mark of its own.

        Raises:
            GraderUnavailable: with what the tries have cost.
        """
        clock = asyncio.get_running_loop().time
        if clock() < self._rests_until:
            raise GraderUnavailable("the endpoint rests after failures")
        cost, tries = 0.0, 0
        while True:
            seconds = min(self.patience.for_a_try, until - clock())
            if seconds <= 0:
                raise GraderUnavailable("no time is left", cost=cost)
            try:
                told = await self._try(write(), schema, read, seconds)
            except _Fault as fault:
                cost += fault.cost
                if self._leaves_out(fault.refused):
                    continue
                tries += 1
                wait = self.patience.before_a_retry if fault.wait is None else fault.wait
                if not fault.again or tries > self.patience.retries or clock() + wait >= until:
                    self._failed(str(fault), tries, clock())
                    raise GraderUnavailable(str(fault), cost=cost) from None
                await asyncio.sleep(wait)
            else:
                self._failures = 0
                return told._replace(cost=told.cost + cost)

    def _leaves_out(self, wish: str) -> bool:
        return self._wishes.pop(wish, None) is not None

    def _failed(self, reason: str, tries: int, now: float) -> None:
        self._failures += 1
        if self._failures >= self.patience.failures:
            self._rests_until = now + self.patience.rest
        log.warning("model.failed", reason=reason, tries=tries, in_a_row=self._failures)

    async def _try(
        self, messages: list[Message], schema: dict[str, Any], read: Callable[[str], T], seconds: float
    ) -> Told[T]:
        sent = self._price(sum(len(one["content"].encode()) for one in messages) // BYTES_PER_TOKEN, 0)
        try:
            # Around everything, since the client's timeouts begin anew with each byte that drips in.
            async with asyncio.timeout(seconds):
                body = await self._call(messages, schema)
        except (TimeoutError, openai.APITimeoutError):
            raise _Fault(f"no reply within {seconds:.3g} s", again=True, cost=sent) from None
        except openai.APIStatusError as error:
            raise self._refused(error) from None
        except _Fault as fault:
            fault.cost = sent
            raise
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise _Fault(f"no connection: {type(error).__name__}", again=True) from None
        try:
            completion = _Completion.model_validate_json(body)
        except ValidationError:
            raise _Fault("the reply is no chat completion", again=True, cost=sent) from None
        cost = self._cost(completion, sent, len(body))
        try:
            return Told(read(_content(completion)), self._name(completion), cost)
        except BadReply as bad:
            raise _Fault(str(bad), again=True, cost=cost) from None
        except _Fault as fault:
            fault.cost = cost
            raise

    async def _call(self, messages: list[Message], schema: dict[str, Any]) -> bytes:
        strict: dict[str, Any] = {"name": "verdicts", "strict": True, "schema": schema}
        request: dict[str, Any] = {
            "model": self.endpoint.model,
            "messages": messages,
            "response_format": {"type": "json_schema", "json_schema": strict},
            **self._wishes,
        }
        completions = self._client.chat.completions.with_streaming_response
        create = cast("Callable[..., AbstractAsyncContextManager[_Body]]", completions.create)
        body = bytearray()
        async with create(**request) as response:
            async for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise _Fault(f"the reply is longer than {MOST_BYTES} bytes", again=False)
        return bytes(body)

    def _refused(self, error: openai.APIStatusError) -> _Fault:
        reason = f"the endpoint answered {error.status_code}"
        if error.status_code == HTTPStatus.BAD_REQUEST:
            named = next((wish for wish in self._wishes if wish in error.message or error.param == wish), "")
            return _Fault(reason, again=False, refused=named)
        again = error.status_code in {408, 409, 429} or error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        return _Fault(reason, again=again, wait=self._wait(error.response.headers.get("retry-after")))

    def _wait(self, retry_after: str | None) -> float | None:
        """The seconds that the endpoint asks for, capped; None where it asks for nothing that can be understood."""
        try:
            seconds = float(retry_after or "")
        except ValueError:
            return None
        return min(max(seconds, 0.0), self.patience.retry_after) if math.isfinite(seconds) else None

    def _price(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self.endpoint.price_in + tokens_out * self.endpoint.price_out) / 1e6

    def _cost(self, completion: _Completion, sent: float, length: int) -> float:
        try:
            usage = _Usage.model_validate(completion.usage)
        except ValidationError:
            return sent + self._price(0, length // BYTES_PER_TOKEN)
        return self._price(usage.prompt_tokens, usage.completion_tokens)

    def _name(self, completion: _Completion) -> str:
        """The dated name that the endpoint gives for the model, if it is a longer form of the one asked for."""
        name = completion.model or ""
        longer = name.startswith(self.endpoint.model) and name.isprintable() and len(name) <= 100
        return name if longer else self.endpoint.model


def _content(completion: _Completion) -> str:
    choice = completion.choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise _Fault("the model refused", again=False)
    if choice.finish_reason == "length":
        raise _Fault("the reply was cut off at its limit of tokens", again=False)
    if not choice.message.content:
        raise _Fault("the reply is empty", again=True)
    return choice.message.content
