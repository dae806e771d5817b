"""Every sentence that is asked for exists, with the blanks that it is given."""

import re
from pathlib import Path

from interview_bot.chat.messages import Line, fill
from interview_bot.chat.wording import Wording, blanks_of, texts
from interview_bot.core.errors import CandidateError

SOURCE = Path(__file__).resolve().parents[2] / "interview_bot"


def all_kinds(of: type[CandidateError]) -> list[type[CandidateError]]:
    return [of, *(inner for one in of.__subclasses__() for inner in all_kinds(one))]


def test_every_trouble_has_a_sentence() -> None:
    assert {f"trouble.{kind.key}" for kind in all_kinds(CandidateError)} <= texts("en").keys()


def test_every_key_in_the_code_has_a_sentence() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    asked = set(re.findall(r'\b(?:line|word)\(\s*"([a-z]+\.[a-z-]+)"', source))
    assert asked
    assert asked <= texts("en").keys()


def test_what_fills_a_blank_is_never_a_blank_or_markup_itself() -> None:
    line = Line(text="*{who}* said", blanks={"who": "{0} *x* {who}"})
    assert fill(line) == "{0} *x* {who} said"
    assert blanks_of("{a} and {b}") == {"a", "b"}


def test_an_unknown_language_speaks_english() -> None:
    assert Wording("xx-YY").word("button.answer") == "Answer"
