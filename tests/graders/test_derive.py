"""Questions that have a reference and no criteria."""

from interview_bot.core.grades import Verdict
from interview_bot.core.questions import Question
from interview_bot.graders.rubric import RubricGrader

QUESTION = Question(
    slug="kernel",
    prompt="How does a container differ from a virtual machine?",
    reference="Containers share the kernel of the host and do not boot a guest system. "
    "A hypervisor emulates hardware, so every guest loads its own operating system.",
)


def verdicts(answer: str) -> list[Verdict]:
    graded = RubricGrader().grade_now(QUESTION, answer)
    return [heard.verdict for heard in graded.verdicts.values()]


def test_each_sentence_of_the_reference_is_heard_in_other_words() -> None:
    said = "They all use the kernel of the host, no guest is booted. With a hypervisor there is emulated hardware and each guest has its operating system."
    assert verdicts(said) == [Verdict.MET, Verdict.MET]


def test_what_the_reference_denies_must_be_denied() -> None:
    right, wrong = "A container does not boot a guest.", "A container does boot a guest."
    assert verdicts(right)[0] is Verdict.MET
    assert verdicts(wrong)[0] is Verdict.MISSED


def test_a_reference_without_a_word_of_sense_can_still_be_graded() -> None:
    question = Question(slug="odd", prompt="Well?", reference="It is.")
    assert RubricGrader().grade_now(question, "It is what it is, they say.").score == 1


def test_the_reference_itself_is_right() -> None:
    assert RubricGrader().grade_now(QUESTION, QUESTION.reference).score == 1
