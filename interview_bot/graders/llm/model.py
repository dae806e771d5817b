"""The language model as a grader: one look at an answer, believed as far as its quotes carry, scored by the core."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

from interview_bot.core.grades import Asserted, Assessment, Heard, Span, Verdict, weigh, weights_of
from interview_bot.core.questions import Question
from interview_bot.graders.llm import prompt
from interview_bot.graders.llm.endpoint import Caller, Endpoint, Patience, Told
from interview_bot.graders.llm.evidence import Evidence
from interview_bot.graders.llm.prompt import Claim, Said, Wanted
from interview_bot.graders.llm.screen import shown

NAME = "llm"


class Look(NamedTuple):
    """What a model heard in an answer, after the evidence check.

    `cleared` holds misconceptions that it says are not asserted, with the place of which it says so.
    `limit` is the offset in the answer where the model's reading stopped, None when it read all. `cost` is in US
    dollars.
    """

    verdicts: dict[str, Heard]
    misconceptions: tuple[Asserted, ...]
    cleared: dict[str, Span]
    flags: tuple[str, ...]
    rubric: str
    model: str
    cost: float
    limit: int | None = None


class ModelGrader:
    """Grades with a model alone. Holds connections until it is closed; keeps the last looks, so nothing is paid twice."""

    name = NAME

    def __init__(
        self,
        endpoint: Endpoint,
        nonce: Callable[[], str],
        patience: Patience | None = None,
        *,
        kept: int = 1000,
    ) -> None:
        """Ask this endpoint; `nonce` gives marks that nobody can guess; `kept` looks are remembered."""
        self.patience = patience or Patience()
        self._caller = Caller(endpoint, self.patience)
        self._nonce = nonce
        self._looks: OrderedDict[str, Look] = OrderedDict()
        self._kept = kept
        self._evidence = lru_cache(maxsize=256)(_evidence)

    async def close(self) -> None:
        """Close all connections."""
        await self._caller.close()

    def deadline(self) -> float:
        """The moment on the loop's clock at which an answer that comes in now must be graded."""
        return asyncio.get_running_loop().time() + self.patience.for_all

    async def grade(self, question: Question, answer: str) -> Assessment:
        """Grade one answer with one look.

        Raises:
            GraderUnavailable: the endpoint cannot speak now, or says what cannot be used.
        """
        return assessed(question, await self.look(question, answer, self.deadline()))

    async def look(
        self,
        question: Question,
        answer: str,
        until: float,
        heard: Assessment | None = None,
        again: Wanted | None = None,
    ) -> Look:
        """Look at an answer; `again` names what to look at a second time, with fresh eyes.

        `heard` is what the rubric heard, for the evidence check; the model is not told. An answer that holds nothing
        but words to the grader is not sent: nothing is heard in it.

        Raises:
            GraderUnavailable: as `grade`.
        """
        key = self._key(question, answer, heard, again)
        if key in self._looks:
            self._looks.move_to_end(key)
            return self._looks[key]._replace(cost=0.0)
        look = await self._ask(question, answer, until, heard, again)
        self._looks[key] = look
        if len(self._looks) > self._kept:
            self._looks.popitem(last=False)
        return look

    async def _ask(
        self, question: Question, answer: str, until: float, heard: Assessment | None, again: Wanted | None
    ) -> Look:
        evidence = self._evidence(question.model_dump_json())
        full, seen = evidence.rubric.question, shown(answer)
        wanted = again or Wanted(
            tuple(one.id for one in full.criteria), tuple(one.id for one in full.misconceptions)
        )
        if seen.is_empty:
            told = Told(_nothing(wanted), self._caller.endpoint.model, 0.0)
        else:
            told = await self._caller.ask(
                lambda: prompt.messages(full, wanted, seen.clean.text, self._nonce()),
                prompt.schema(wanted),
                partial(prompt.read_reply, wanted=wanted),
                until,
            )
        verified = evidence.verify(told.value, seen, heard)
        return Look(*verified, evidence.rubric.version, told.model, told.cost, seen.limit)

    def _key(self, question: Question, answer: str, heard: Assessment | None, again: Wanted | None) -> str:
        rubric = self._evidence(question.model_dump_json()).rubric.version
        # What the rubric heard follows from its version and the answer; only whether it was asked makes a difference.
        parts = (answer, rubric, self._caller.endpoint.model, prompt.version(), heard is not None, again)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def assessed(question: Question, look: Look) -> Assessment:
    """The assessment of one look, counted as the core counts."""
    verdicts = {name: heard.verdict for name, heard in look.verdicts.items()}
    weights = weights_of(question) or dict.fromkeys(verdicts, 2)
    score = weigh(weights, verdicts, [one.id for one in look.misconceptions])
    return Assessment(
        look.verdicts,
        look.misconceptions,
        score,
        NAME,
        look.rubric,
        look.flags,
        look.model,
        prompt.version(),
        cost=look.cost,
    )


def _nothing(wanted: Wanted) -> Said:
    missed = Claim(Verdict.MISSED, "", "Nothing is said about the question.")
    return Said(dict.fromkeys(wanted.criteria, missed), {}, speaks_to_grader=True)


def _evidence(question_json: str) -> Evidence:
    return Evidence(Question.model_validate_json(question_json))
