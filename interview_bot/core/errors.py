"""Every trouble the project knows by name, in three families by who can put it right."""

# InterviewBotError
# ├── CandidateError            said in chat; the candidate can put it right
# │   ├── UnknownTopic          a word that is no topic and no track, with the nearest ones
# │   ├── UnknownCommand        a word that is no command
# │   ├── NothingOpen           there is no interview to answer, hint, skip, stop or resume
# │   ├── AlreadyOpen           an interview is open; resume or stop it first
# │   ├── StillGrading          the last answer is still being read
# │   ├── UnusableAnswer        empty, too long, or without a single word
# │   ├── NoMoreHints           all hints of the question are given
# │   ├── OutOfDate             the button belongs to a question that is over
# │   ├── NoQuestions           no question fits what was asked for
# │   ├── BadLevel              a level that is not 1, 2 or 3
# │   ├── BadNumber             a number of questions out of range
# │   ├── BadTime               no time of a day
# │   ├── BadDate               no date
# │   ├── UnknownZone           no IANA zone, with the nearest ones
# │   ├── InQuietHours          an hour within one's own quiet hours
# │   ├── NotHere               a command for channels outside a channel
# │   ├── NoDaily               the channel has no daily question
# │   ├── DailyOver             a daily question that was revealed, or is not this team's
# │   ├── AlreadyAnswered       a second answer to a daily question
# │   ├── NothingToChallenge    there is no grade, or its answer is gone
# │   ├── AlreadyChallenged     one challenge of a grade is open
# │   ├── AlreadyDecided        a challenge that was decided, or went with its candidate
# │   ├── OwnChallenge          a reviewer's own grade
# │   ├── BadDecision           no decision, with the criteria there are
# │   ├── NotAllowed            a command of those who manage the team
# │   ├── BadSuggestion         a suggested question without a topic, a question or an answer
# │   ├── SuggestionTooLong     a suggested question or answer over the limit
# │   ├── NoSuggestion          a suggestion that was decided, or went with its author
# │   └── BadBudget             no sum of money, or more than the operator allows
# ├── OperatorError             said by the command line, exit code 1; whoever runs the bot can put it right
# │   ├── BadQuestionFile       file:line, what is wrong, what is expected; all of them at once
# │   ├── BadLine               a line of a rubric that cannot be understood (graders/lines.py)
# │   ├── BadSetting            names the variable
# │   ├── DatabaseUnreachable   names where, without the password
# │   ├── DatabaseInUse         another process serves the SQLite file
# │   └── WrongSchema           names the command to run
# ├── GraderUnavailable         fall back to the offline grader
# └── Conflict                  somebody else changed the row first: read again and repeat

from __future__ import annotations

from collections.abc import Mapping, Sequence


class InterviewBotError(Exception):
    """The root: whatever is below is a fact, worded only where it is said."""


class CandidateError(InterviewBotError):
    """A fact for the candidate; `key` names the sentence in the wording files, `blanks` fill it."""

    key = "trouble"

    def __init__(self, **blanks: str) -> None:
        """Keep the blanks that the sentence needs."""
        super().__init__(f"{type(self).__name__} {blanks}" if blanks else type(self).__name__)
        self.blanks: Mapping[str, str] = blanks


class UnknownTopic(CandidateError):
    """The word is no topic and no track. Blanks: word, nearest (may be empty)."""

    key = "unknown-topic"


class UnknownCommand(CandidateError):
    """The word is no command. Blanks: word."""

    key = "unknown-command"


class NothingOpen(CandidateError):
    """There is no open interview."""

    key = "nothing-open"


class AlreadyOpen(CandidateError):
    """An interview is open already. Blanks: track."""

    key = "already-open"


class StillGrading(CandidateError):
    """The last answer is still being read."""

    key = "still-grading"


class UnusableAnswer(CandidateError):
    """The answer cannot be taken as it is. Blanks: limit, length."""

    key = "empty-answer"


class AnswerTooLong(UnusableAnswer):
    """Longer than the limit. Blanks: limit, length."""

    key = "long-answer"


class NoMoreHints(CandidateError):
    """All hints of this question are given."""

    key = "no-more-hints"


class OutOfDate(CandidateError):
    """The button belongs to a question that is over."""

    key = "out-of-date"


class NoQuestions(CandidateError):
    """No question fits. Blanks: topic, level."""

    key = "no-questions"


class BadLevel(CandidateError):
    """No such level. Blanks: word."""

    key = "bad-level"


class BadNumber(CandidateError):
    """No such number of questions. Blanks: word, most."""

    key = "bad-number"


class BadTime(CandidateError):
    """No time of a day. Blanks: word."""

    key = "bad-time"


class BadDate(CandidateError):
    """No date. Blanks: word."""

    key = "bad-date"


class UnknownZone(CandidateError):
    """No IANA zone. Blanks: word, nearest (may be empty)."""

    key = "unknown-zone"


class InQuietHours(CandidateError):
    """A reminder's hour lies within its own quiet hours. Blanks: at, start, end."""

    key = "in-quiet-hours"


class NotHere(CandidateError):
    """The command belongs into a channel."""

    key = "not-here"


class NoDaily(CandidateError):
    """The channel has no daily question. Blanks: prefix."""

    key = "no-daily"


class DailyOver(CandidateError):
    """The daily question was revealed."""

    key = "daily-over"


class AlreadyAnswered(CandidateError):
    """One answer for each person."""

    key = "already-answered"


class NothingToChallenge(CandidateError):
    """There is no grade, or its answer is gone."""

    key = "nothing-to-challenge"


class AlreadyChallenged(CandidateError):
    """One challenge of this grade is open."""

    key = "already-challenged"


class AlreadyDecided(CandidateError):
    """The challenge was decided, or went with its candidate."""

    key = "already-decided"


class OwnChallenge(CandidateError):
    """Nobody decides on a grade of their own."""

    key = "own-challenge"


class BadDecision(CandidateError):
    """No decision. Blanks: word, nearest (may be empty), known."""

    key = "bad-decision"


class NotAllowed(CandidateError):
    """Only those who manage the team may do that."""

    key = "not-allowed"


class BadSuggestion(CandidateError):
    """A suggested question lacks its topic, its question or its answer."""

    key = "bad-suggestion"


class SuggestionTooLong(CandidateError):
    """A part of a suggested question is over the limit. Blanks: length, limit."""

    key = "long-suggestion"


class NoSuggestion(CandidateError):
    """There is no such suggestion to decide on."""

    key = "no-suggestion"


class BadBudget(CandidateError):
    """No sum of US dollars that may be set. Blanks: word, most."""

    key = "bad-budget"


class OperatorError(InterviewBotError):
    """A fact for whoever runs the bot; the text is the line to print."""


class BadQuestionFile(OperatorError):
    """Question files that cannot be used: one line for each fault, `file:line: what is wrong, what is expected`."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Keep all faults, in file and line order."""
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class BadSetting(OperatorError):
    """A setting is missing or malformed; the text names the variable."""


class DatabaseUnreachable(OperatorError):
    """The database does not answer; the text says where, without the password."""


class DatabaseInUse(OperatorError):
    """Another process serves this SQLite file; the text names it and the two ways on."""


class WrongSchema(OperatorError):
    """The schema is older or newer than this version needs; the text names the command to run."""


class GraderUnavailable(InterviewBotError):
    """A grader cannot speak now; the offline grader does, and its assessment carries `flag` and `cost`."""

    FALLBACK = "offline-fallback"

    def __init__(self, reason: str = "", *, cost: float = 0.0, flag: str = FALLBACK) -> None:
        """Keep what the attempt cost, in US dollars, and the flag that tells why the offline grader spoke."""
        super().__init__(reason)
        self.cost, self.flag = cost, flag


class Conflict(InterviewBotError):
    """Somebody else changed the row first."""
