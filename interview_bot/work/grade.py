"""Grades one answer: no transaction is open while the grader thinks; then one holds the grade and its card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from interview_bot.chat.cards import follow_up_card, result_card
from interview_bot.chat.dailies import with_consent
from interview_bot.chat.messages import Card
from interview_bot.chat.phrases import go_on, say
from interview_bot.chat.wording import Wording
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.daily import DAILY
from interview_bot.core.grades import Assessment
from interview_bot.core.interview import Interview, Part
from interview_bot.core.ports import Answer, Clock, Grader, Job, Storage, Work
from interview_bot.core.records import TeamSettings


@dataclass(frozen=True)
class GradeWork:
    """Does the jobs of kind `grade`."""

    storage: Storage
    catalogue: Catalogue
    grader: Grader
    clock: Clock
    new_id: Callable[[], str]
    model: Grader | None = None
    """Asked in the grader's place as long as the team's budget lasts."""
    budget: float = 0.0
    """US dollars that a team's answers may cost in one UTC day. It is looked at before each answer, so answers that
    are graded at the same moment may pass it together."""

    async def __call__(self, job: Job) -> None:
        """Grade the answer that the job names; done twice, the first assessment stands."""
        async with self.storage.begin() as work:
            answer = await work.answer(job.payload["answer"])
            interview = await work.interview(job.payload["interview"])
            if answer is None or interview is None or not _waits(interview, answer):
                return
            own = await work.settings.of(interview.who.team) if self.model else TeamSettings()
            model = None if own.grader == "rubric" else self.model
            affordable = model is not None and await self._affordable(work, interview, own)
            if affordable:
                await self._reading(work, interview, answer)
        assessment = await self._assess(interview, answer, model, affordable)
        now = self.clock.now()
        async with self.storage.begin() as work:
            interview = await work.interview(interview.id)
            if interview is None or not await work.keep_assessment(answer, assessment, now):
                return
            follow_up = interview.graded(answer.part, assessment)
            await self._say(work, interview, answer, assessment)
            if follow_up is None and interview.state.is_open:
                await go_on(work, interview, self.catalogue, self.new_id, now)
            await work.save(interview)
            turn = interview.turn_of(answer.turn)
            if answer.part is Part.MAIN:
                kin = self.catalogue.kin(turn.question)
                await work.memory.rate(interview.who, turn, now, kin)
            await work.standings.settle(interview.who, turn.question.slug)

    async def _affordable(self, work: Work, interview: Interview, own: TeamSettings) -> bool:
        today = self.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        most = self.budget if own.budget is None else min(self.budget, own.budget)
        return await work.spent(interview.who.team, today) < most

    async def _assess(
        self, interview: Interview, answer: Answer, model: Grader | None, affordable: bool
    ) -> Assessment:
        question = interview.turn.question
        if model is None:
            return await self.grader.grade(question, answer.text)
        if affordable:
            return await model.grade(question, answer.text)
        assessment = await self.grader.grade(question, answer.text)
        return assessment._replace(flags=(*assessment.flags, "budget-spent"))

    async def _reading(self, work: Work, interview: Interview, answer: Answer) -> None:
        """A model takes seconds: what stands in the result's place until then is edited into it."""
        card = Card(lines=(Wording(interview.who.language).line("card.reading", "note"),), waits=True)
        await say(work, interview, _slot(interview, answer), card, self.clock.now())

    async def _say(self, work: Work, interview: Interview, answer: Answer, assessment: Assessment) -> None:
        words, turn, now = Wording(interview.who.language), interview.turn, self.clock.now()
        card = result_card(words, turn, answer.part, assessment, answer.text)
        if interview.track == DAILY:
            card = with_consent(words, card, turn)
        await say(work, interview, _slot(interview, answer), card, now)
        if turn.follow_up and not turn.done and interview.state.is_open:
            asked = follow_up_card(words, turn, turn.follow_up)
            await say(work, interview, f"turn:{turn.number}:follow-up", asked, now)


def _waits(interview: Interview, answer: Answer) -> bool:
    """Whether the answer belongs to the open turn and has no assessment yet."""
    turn = interview.turn
    known = turn.assessment if answer.part is Part.MAIN else turn.second
    return turn.id == answer.turn and known is None


def _slot(interview: Interview, answer: Answer) -> str:
    return f"turn:{interview.turn.number}:result:{answer.part.value}"
