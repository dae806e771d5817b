"""People and sittings for tests of the store."""

from datetime import UTC, datetime

from interview_bot.core.grades import Asserted, Assessment, Heard, Span, Verdict
from interview_bot.core.interview import Interview, Part, Who
from interview_bot.core.questions import Question
from interview_bot.core.store import Answer
from interview_bot.storage.database import Database

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ANN = Who("local", "ann", "Ann")
BEA = Who("local", "bea", "Bea")
ADDRESS = {"platform": "terminal"}
QUESTION = Question.model_validate(
    {
        "slug": "one",
        "topic": "first",
        "prompt": "What is it?",
        "reference": "It is one.",
        "criteria": [
            {"id": "a", "weight": 3, "point": "A", "probe": "A?", "heard": ["alpha"]},
            {"id": "b", "weight": 1, "point": "B", "heard": ["beta"]},
        ],
        "misconceptions": [
            {"id": "m", "claim": "M", "correction": "not M", "heard": ["gamma"], "against": ["a"]}
        ],
    }
)
GRADE = Assessment(
    {"a": Heard(Verdict.MISSED), "b": Heard(Verdict.MET, (Span(0, 4),), "beta")},
    (Asserted("m", (Span(5, 9),)),),
    0.25,
    "rubric",
    "abc",
    ("contradiction",),
)


async def opened(
    database: Database, who: Who = ANN, interview_id: str = "i1", question: Question = QUESTION
) -> Interview:
    interview = Interview(interview_id, who, "docker", ("one", "two"), NOW)
    async with database.begin() as work:
        await work.meet(who)
        await work.add(interview)
        interview.ask(question, f"{interview_id}-t1")
        await work.save(interview)
    return interview


async def graded(
    database: Database, who: Who, interview_id: str, assessment: Assessment, question: Question = QUESTION
) -> None:
    interview = await opened(database, who, interview_id, question)
    async with database.begin() as work:
        answer = Answer(f"{interview_id}-a", interview.turn.id, Part.MAIN, "text", NOW)
        await work.keep_answer(interview, answer)
        await work.keep_assessment(answer, assessment, NOW)
        interview.graded(Part.MAIN, assessment)
        interview.finish()
        await work.save(interview)
        await work.standings.settle(who, interview.turn)
