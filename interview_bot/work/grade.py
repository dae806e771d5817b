"""Grades one answer: no transaction is open while the grader thinks; then one holds the grade and its card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from interview_bot.chat.cards import follow_up_card, result_card
from interview_bot.chat.phrases import go_on, say
from interview_bot.chat.wording import Wording
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.grades import Assessment
from interview_bot.core.interview import Interview, State
from interview_bot.core.ports import Answer, Clock, Grader, Job, Storage, Work


@dataclass(frozen=True)
class GradeWork:
    """Does the jobs of kind `grade`."""

    storage: Storage
    catalogue: Catalogue
    grader: Grader
    clock: Clock
    new_id: Callable[[], str]

    async def __call__(self, job: Job) -> None:
        """Grade the answer that the job names; done twice, the first assessment stands."""
        async with self.storage.begin() as work:
            answer = await work.answer(job.payload["answer"])
            interview = await work.interview(job.payload["interview"])
        if answer is None or interview is None or interview.turn.id != answer.turn:
            return
        assessment = await self.grader.grade(interview.turn.question, answer.text)
        now = self.clock.now()
        async with self.storage.begin() as work:
            interview = await work.interview(interview.id)
            if interview is None or not await work.keep_assessment(answer, assessment, now):
                return
            follow_up = interview.graded(answer.part, assessment)
            await self._say(work, interview, answer, assessment)
            if interview.state is State.STOPPED:
                interview.turn.done = True
            elif follow_up is None:
                await go_on(work, interview, self.catalogue, self.new_id, now)
            await work.save(interview)

    async def _say(self, work: Work, interview: Interview, answer: Answer, assessment: Assessment) -> None:
        words, turn, now = Wording(interview.who.language), interview.turn, self.clock.now()
        card = result_card(words, turn, answer.part, assessment, answer.text)
        await say(work, interview, f"turn:{turn.number}:result:{answer.part.value}", card, now)
        if turn.follow_up and not turn.done and interview.state.is_open:
            asked = follow_up_card(words, turn, turn.follow_up)
            await say(work, interview, f"turn:{turn.number}:follow-up", asked, now)
