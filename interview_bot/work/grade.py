"""Grades one answer: no transaction is open while the grader thinks; then one holds the grade and its card."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from interview_bot.chat.cards import follow_up_card, result_card
from interview_bot.chat.dailies import with_consent
from interview_bot.chat.messages import Card
from interview_bot.chat.phrases import go_on, lane_of, say
from interview_bot.chat.wording import Wording
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.daily import DAILY
from interview_bot.core.errors import Conflict
from interview_bot.core.grades import Assessment
from interview_bot.core.interview import Interview, Part
from interview_bot.core.ports import Clock, Grader, Job
from interview_bot.core.records import TeamSettings
from interview_bot.core.store import Answer, Read, Storage, Work
from interview_bot.work.send import Sender


@dataclass(frozen=True)
class GradeWork:
    """Does the jobs of kind `grade`."""

    storage: Storage
    catalogue: Catalogue
    grader: Grader
    clock: Clock
    new_id: Callable[[], str]
    sender: Sender
    """Says the card at once if it can."""
    model: Grader | None = None
    """Asked in the grader's place as long as the team's budget lasts."""
    budget: float = 0.0
    """US dollars that a team's answers may cost in one UTC day. It is looked at before each answer, so answers that
    are graded at the same moment may pass it together."""

    async def __call__(self, job: Job) -> bool:
        """Grade the answer that the job names; done twice, the first assessment stands.

        Where the interview went on meanwhile, because it was stopped, say, the assessment is kept with what it is now.
        """
        read = await self._waiting(job)
        if read is None:
            return False
        assessment = await self._assess(*read)
        with suppress(Conflict):
            await self._keep(job, read, assessment)
            return True
        read = await self._waiting(job)
        if read is None:
            return False
        await self._keep(job, read, assessment)
        return True

    async def _waiting(self, job: Job) -> Read | None:
        """The answer that the job names, if it belongs to the open turn and has no assessment yet."""
        read = await self.storage.read(job.payload["answer"])
        if read is None:
            return None
        turn = read.interview.turn
        known = turn.assessment if read.answer.part is Part.MAIN else turn.second
        return read if turn.id == read.answer.turn and known is None else None

    async def _assess(self, answer: Answer, interview: Interview) -> Assessment:
        question = interview.turn.question
        if self.model is None:
            return await self.grader.grade(question, answer.text)
        async with self.storage.begin() as work:
            own = await work.settings.of(interview.who.team)
            affordable = own.grader != "rubric" and await self._affordable(work, interview, own)
            if affordable:
                await self._reading(work, interview, answer)
        if affordable:
            return await self.model.grade(question, answer.text)
        assessment = await self.grader.grade(question, answer.text)
        if own.grader == "rubric":
            return assessment
        return assessment._replace(flags=(*assessment.flags, "budget-spent"))

    async def _keep(self, job: Job, read: Read, assessment: Assessment) -> None:
        """One transaction holds the grade, its card, what comes next, what is learned from it, and that the job is done.

        It also leases the card to a mouth of this process, if one rests.
        """
        with self.sender.mouths.kept() as given:
            async with self.storage.begin() as work:
                await self._write(work, read, assessment)
                await work.finish(job)
                if given is not None:
                    lane, platforms = lane_of(read.interview), tuple(self.sender.voices)
                    given.extend(await work.claim(lane, platforms, self.clock.now()))

    async def _write(self, work: Work, read: Read, assessment: Assessment) -> None:
        (answer, interview), now = read, self.clock.now()
        turn = interview.turn_of(answer.turn)
        follow_up = interview.graded(answer.part, assessment)
        if answer.part is Part.MAIN:
            await work.learn(interview.who, turn, now, self.catalogue.kin(turn.question))
        else:
            await work.standings.settle(interview.who, turn)
        await work.keep_assessment(answer, assessment, now)
        await self._say(work, interview, answer, assessment)
        if follow_up is None and interview.state.is_open:
            await go_on(work, interview, self.catalogue, self.new_id, now)
        await work.save(interview)

    async def _affordable(self, work: Work, interview: Interview, own: TeamSettings) -> bool:
        today = self.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        most = self.budget if own.budget is None else min(self.budget, own.budget)
        return await work.spent(interview.who.team, today) < most

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


def _slot(interview: Interview, answer: Answer) -> str:
    return f"turn:{interview.turn.number}:result:{answer.part.value}"
