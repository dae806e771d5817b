"""What reviewers and candidates hear of a challenge; a decision corrects everything in one transaction."""

from __future__ import annotations

from datetime import datetime

from interview_bot.chat.cards import prompt_lines, quote
from interview_bot.chat.messages import Card, Choice, Line
from interview_bot.chat.phrases import say
from interview_bot.chat.wording import Wording
from interview_bot.core.challenge import Challenge, Decision, about, corrected
from interview_bot.core.errors import AlreadyDecided, OwnChallenge
from interview_bot.core.interview import Interview, Turn, Who
from interview_bot.core.store import Work

SHOWN_ANSWER = 1_500


async def show(work: Work, challenge: Challenge, turn: Turn, answer: str, at: datetime) -> bool:
    """Show a challenge where the team's reviewers are, or edit what was decided in; False if they are nowhere."""
    place = await work.challenges.reviewers(challenge.who.team)
    if not place:
        return False
    lane = f"challenge:{challenge.id}"
    await work.open_lane(lane, challenge.who, place)
    card = reviewers_card(Wording(), challenge, turn, answer)
    await work.post(lane, f"{lane}:card", card.model_dump(mode="json", exclude_defaults=True), at)
    return True


def reviewers_card(said: Wording, challenge: Challenge, turn: Turn, answer: str) -> Card:
    """Question, answer, verdicts with evidence and the reason; the candidate's name is not needed."""
    lines = [said.line("challenge.title", "heading", slug=turn.question.slug)]
    lines += prompt_lines(turn.question.prompt)
    shown = answer if len(answer) <= SHOWN_ANSWER else answer[:SHOWN_ANSWER] + " …"
    lines.append(Line(text="{answer}", blanks={"answer": shown}, style="quote"))
    for criterion in turn.question.criteria:
        heard = turn.assessment.verdicts[criterion.id] if turn.assessment else None
        if heard:
            text = said.line(
                "challenge.verdict",
                heard.verdict.value,
                id=criterion.id,
                point=criterion.point,
                weight=criterion.weight,
            )
            lines += [
                text,
                *(
                    Line(text="“{q}”", blanks={"q": quote(answer, span)}, style="quote")
                    for span in heard.evidence[:1]
                ),
            ]
    named = about(challenge.reason, turn.question)
    lines += [said.line("challenge.about", criteria=", ".join(named))] if named else []
    lines.append(said.line("challenge.reason", reason=challenge.reason))
    if challenge.state != "open":
        lines.append(
            said.line(
                f"challenge.{challenge.state}", "note", reviewer=challenge.reviewer, line=challenge.line
            )
        )
        return Card(lines=tuple(lines))
    lines.append(said.line("challenge.how", "note", example=_example(turn)))
    decide = Choice(
        label=said.word("button.decide"),
        command="decide",
        turn=f"decide.{challenge.id}",
        asks=True,
        style="primary",
    )
    return Card(lines=tuple(lines), choices=(decide,))


def _example(turn: Turn) -> str:
    missed = [name for name, verdict in turn.verdicts().items() if verdict.worth < 1]
    return (missed or [one.id for one in turn.question.criteria] or ["point"])[0]


async def settle(
    work: Work, challenge: Challenge, interview: Interview, decision: Decision, by: Who, at: datetime
) -> None:
    """Decide: correct the grade, mastery and standing, tell the candidate and the reviewers.

    Raises:
        OwnChallenge: nobody decides on a grade of their own.
        AlreadyDecided: another reviewer was first.
    """
    if (by.team, by.candidate) == (challenge.who.team, challenge.who.candidate):
        raise OwnChallenge
    turn = interview.turn_of(challenge.turn)
    state = "changed" if decision.changes else "upheld"
    name = by.name or by.candidate
    decided = challenge._replace(state=state, reviewer=name, line=decision.line)
    if turn.assessment is None or not await work.challenges.decide(decided, at):
        raise AlreadyDecided
    if decision.changes:
        turn.assessment = corrected(turn.question, turn.assessment, decision.changes)
        await work.challenges.correct(turn.id, turn.assessment)
        await work.save(interview)
        await work.learn(challenge.who, turn, at, {})
    await _tell(work, decided, interview, turn, decision, at)
    await show(work, decided, turn, await work.challenges.text(turn.id), at)


async def _tell(
    work: Work, decided: Challenge, interview: Interview, turn: Turn, decision: Decision, at: datetime
) -> None:
    said = Wording(decided.who.language)
    lines = [said.line(f"challenge.told-{decided.state}", "heading", score=round(100 * turn.score))]
    for criterion in turn.question.criteria:
        if criterion.id in decision.changes:
            verdict = decision.changes[criterion.id].value
            lines.append(said.line(f"card.{verdict}", verdict, point=criterion.point))
    lines.append(said.line("challenge.line", "quote", line=decision.line))
    # The conversation may have been cleared up since.
    await work.open_lane(f"interview:{interview.id}", decided.who, decided.address)
    await say(work, interview, f"turn:{turn.number}:decided:{decided.id}", Card(lines=tuple(lines)), at)
