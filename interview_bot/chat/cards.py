"""Builds the cards of a sitting: a question, a result with its evidence, a follow-up, a summary."""

from __future__ import annotations

from interview_bot.chat.messages import Bar, Card, Chart, Choice, Line, Style
from interview_bot.chat.wording import Wording
from interview_bot.core.grades import HINT_COST, Assessment, Heard, Span, Verdict
from interview_bot.core.interview import FollowUp, Interview, Part, Summary, Turn
from interview_bot.core.questions import Criterion, Question

LONGEST_QUOTE = 160
SHOWN_SPANS = 3
LIGHTEST = 1
"""The weight of a point that is a bonus."""
_STYLES: dict[Verdict, Style] = {Verdict.MET: "met", Verdict.PARTIAL: "partial", Verdict.MISSED: "missed"}
OWN_WORDS = "own-words"
"""What only a rubric may miss: where a model has read the answer too, there is nothing to say about it."""
_NOTED = (
    "unsupported-language",
    "no-answer",
    "keywords-only",
    "question-copied",
    OWN_WORDS,
    "contradiction",
    "offline-fallback",
    "budget-spent",
    "addressed-grader",
    "unverified-quote",
    "cut-short",
    "needs-review",
)


def question_card(words: Wording, interview: Interview, turn: Turn) -> Card:
    """The open question with its buttons."""
    question = turn.question
    head = words.line(
        "question.head",
        "heading",
        number=turn.number,
        total=len(interview.plan),
        topic=question.topic,
        level=question.level,
    )
    return Card(lines=(head, *prompt_lines(question.prompt)), choices=choices(words, turn))


def prompt_lines(prompt: str) -> tuple[Line, ...]:
    """The prompt's sentences as text, its indented listing as code."""
    rows = prompt.strip("\n").split("\n")
    told = [row for row in rows if not row.startswith("    ")]
    listing = [row[4:] for row in rows if row.startswith("    ")]
    lines = [Line(text="*{prompt}*", blanks={"prompt": "\n".join(told).strip()})]
    if listing:
        lines.append(Line(text="{listing}", blanks={"listing": "\n".join(listing)}, style="code"))
    return tuple(lines)


def choices(words: Wording, turn: Turn) -> tuple[Choice, ...]:
    """The buttons under an open question; a follow-up has no hints."""
    answer = Choice(
        label=words.word("button.answer"), command="answer", turn=turn.id, asks=True, style="primary"
    )
    skip = Choice(label=words.word("button.skip"), command="skip", turn=turn.id)
    stop = Choice(label=words.word("button.stop"), command="stop", turn=turn.id, style="danger")
    if turn.follow_up or turn.hints >= len(turn.question.hints):
        return (answer, skip, stop)
    return (answer, Choice(label=words.word("button.hint"), command="hint", turn=turn.id), skip, stop)


def hint_card(words: Wording, turn: Turn, hint: str) -> Card:
    """A hint and what it costs."""
    total = len(turn.question.hints)
    return Card(
        lines=(
            words.line("question.hint", number=turn.hints, total=total, hint=hint),
            words.line("question.hint-cost", "note", percent=round(100 * HINT_COST)),
        )
    )


def follow_up_card(words: Wording, turn: Turn, follow_up: FollowUp) -> Card:
    """The one follow-up of a turn."""
    if follow_up.probe:
        asked = Line(text="*{probe}*", blanks={"probe": follow_up.probe})
    else:
        asked = words.line("question.follow-up-claim", claim=follow_up.claim)
    return Card(lines=(words.line("question.follow-up", "note"), asked), choices=choices(words, turn))


def result_card(words: Wording, turn: Turn, part: Part, assessment: Assessment, answer: str) -> Card:
    """The verdicts of an answer criterion by criterion, each with the candidate's own words."""
    key = "card.score-follow-up" if part is Part.FOLLOW_UP else "card.score"
    lines = [words.line(key, "heading", score=percent(turn.score))]
    flags = [
        flag for flag in _NOTED if flag in assessment.flags and not (flag == OWN_WORDS and assessment.model)
    ]
    lines += [words.line(_note(flag, assessment), "note") for flag in flags]
    for criterion in turn.question.criteria or _derived(assessment):
        if part is Part.FOLLOW_UP and not _lifted(turn, criterion.id):
            continue
        lines += _verdict_lines(words, criterion, assessment.verdicts[criterion.id], answer)
    lines += _wrong_lines(words, turn.question, assessment, answer)
    if part is Part.MAIN:
        lines += _advice(words, turn.question, assessment)
    if assessment.model:
        key = "card.grader-panel" if assessment.grader == "panel" else "card.grader-model"
        lines.append(words.line(key, "note", model=assessment.model))
    return Card(lines=tuple(lines), choices=_challenge(words, turn) if part is Part.MAIN else ())


def _challenge(words: Wording, turn: Turn) -> tuple[Choice, ...]:
    """A grade can be challenged, whatever it is."""
    label = words.word("button.challenge")
    return (Choice(label=label, command="challenge", turn=f"challenge.{turn.id}", asks=True),)


def _note(flag: str, assessment: Assessment) -> str:
    """The sentence for a flag; a model may have understood the language that the rubric does not speak."""
    if flag == "unsupported-language" and assessment.model:
        return "card.other-language"
    return f"card.{flag}"


def _derived(assessment: Assessment) -> list[Criterion]:
    """Criteria of a question that has none: only their ids are known here."""
    return [Criterion(id=name, point=name.replace("-", " "), heard=(name,)) for name in assessment.verdicts]


def _lifted(turn: Turn, criterion: str) -> bool:
    """A follow-up's card shows the criterion that was probed and those it lifted."""
    probed = turn.follow_up is not None and turn.follow_up.criterion == criterion
    first = turn.assessment.verdicts[criterion].verdict.worth if turn.assessment else 0.0
    second = turn.second.verdicts[criterion].verdict.worth if turn.second else 0.0
    return probed or second > first


def _verdict_lines(words: Wording, criterion: Criterion, heard: Heard, answer: str) -> list[Line]:
    style = _STYLES[heard.verdict]
    lines = [words.line(f"card.{heard.verdict.value}", style, point=criterion.point)]
    lines += [
        words.line("card.evidence", "quote", quote=quote(answer, span))
        for span in heard.evidence[:SHOWN_SPANS]
    ]
    if heard.verdict is Verdict.MISSED and criterion.why:
        lines.append(words.line("card.why", "note", why=criterion.why))
    return lines


def _wrong_lines(words: Wording, question: Question, assessment: Assessment, answer: str) -> list[Line]:
    lines: list[Line] = []
    for asserted in assessment.misconceptions:
        misconception = question.misconception(asserted.id)
        if misconception is None:
            continue
        lines.append(words.line("card.wrong", "wrong", claim=misconception.claim))
        lines += [
            words.line("card.evidence", "quote", quote=quote(answer, span)) for span in asserted.evidence[:1]
        ]
        lines.append(words.line("card.correction", correction=misconception.correction))
    return lines


def _advice(words: Wording, question: Question, assessment: Assessment) -> list[Line]:
    """One line of what to say next time, and where to read about it."""
    lost = {one.id: one.weight * (1 - assessment.verdicts[one.id].verdict.worth) for one in question.criteria}
    missing = sorted((one for one in question.criteria if lost[one.id]), key=lambda one: -lost[one.id])
    heaviest = max((one.weight for one in question.criteria), default=0)
    lines: list[Line] = []
    if missing:
        only_bonus = heaviest > max(one.weight for one in missing) == LIGHTEST
        key = "card.bonus-missing" if only_bonus else "card.next-time"
        silent = all(assessment.verdicts[one.id].verdict is Verdict.MISSED for one in question.criteria)
        if not silent or missing[0] is not question.criteria[0]:
            lines.append(words.line(key, point=missing[0].point))  # else it is the first of what stands above
    elif lost:
        lines.append(words.line("card.nothing-missing"))
    if question.sources:
        lines.append(words.line("card.sources", "note", sources="; ".join(cite(question))))
    return lines


def cite(question: Question) -> list[str]:
    """The question's sources, each as one line."""
    return [
        " ".join(
            part for part in (source.title, source.section and f"§ {source.section}", source.url) if part
        )
        for source in question.sources
    ]


def quote(answer: str, span: Span) -> str:
    """The candidate's own words around the evidence: whole words, one line, at most `LONGEST_QUOTE` characters."""
    start, end = span
    while start > 0 and end - start < 60 and not _ends_a_sentence(answer, start - 1):
        start -= 1
    while end < len(answer) and end - start < LONGEST_QUOTE and not _ends_a_sentence(answer, end - 1):
        end += 1
    start = (
        start
        if start == 0 or not answer[start - 1].isalnum()
        else answer.find(" ", start, span.start) + 1 or span.start
    )
    text = " ".join(answer[start:end].split())
    if len(text) > LONGEST_QUOTE:
        text = text[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
    return text.strip(" ,;")


def _ends_a_sentence(answer: str, at: int) -> bool:
    """The full stops of 127.0.0.1 and .dockerignore end nothing."""
    if answer[at] == ".":
        return not answer[at + 1 : at + 2].strip()
    return answer[at] in "!?\n;"


def percent(score: float) -> int:
    """A score of 0-1 as 0-100."""
    return round(100 * score)


def summary_card(words: Wording, interview: Interview, summary: Summary, stopped: bool) -> Card:
    """The end of a sitting: band, picture by topic, and what is most worth learning."""
    if not summary.by_topic:
        return Card(lines=(words.line("summary.nothing"),))
    blanks = {
        "score": percent(summary.score),
        "answered": summary.answered,
        "planned": len(interview.plan),
    }
    lines = [
        words.line("summary.stopped" if stopped else "summary.title", "heading", **blanks),
        words.line(f"summary.band-{summary.band}"),
        words.line("summary.band-note", "note"),
    ]
    if summary.to_learn:
        lines.append(words.line("summary.learn"))
        lines += [
            words.line(
                "summary.learn-point", point=criterion.point, source=next(iter(cite(question)), question.slug)
            )
            for question, criterion in summary.to_learn
        ]
    lines.append(words.line("summary.points", "note", points=summary.points))
    bars = tuple(Bar(label=topic, value=score) for topic, score in summary.by_topic.items())
    return Card(lines=tuple(lines), chart=Chart(title=words.word("summary.chart"), bars=bars))
