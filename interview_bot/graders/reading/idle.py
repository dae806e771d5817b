"""Finds sentences that assert nothing: questions, the prompt copied, keywords in a row, words only mentioned."""

from __future__ import annotations

import itertools
import re

from interview_bot.graders.reading.text import FUNCTION_WORDS, Token

LONGEST_TERSE = 10
"""Words of a sentence that may do without small words, if a verb stands inside: "docker prune removes unused images"."""
FEWEST_COPIED = 4
"""Pairs of words from which on a sentence can be called a copy of the prompt."""
_MENTIONS = frozenset(
    """import relat relev involv concern topic keyword key term word concept relationship associ
    mention interest discuss cover""".split()
)
_NO_MENTIONS = frozenset({"relative", "relatively", "relation", "relations"})
"""Words of the same stems that say something."""
_MENTION_VERBS = frozenset(
    "involve involves involved involving relate relates related mention mentions mentioned".split()
)
_EXPLAINING = frozenset({"that", "because", "to", "since", "how", "not", "no", "for"})
_RECALLING = frozenset({"hear", "heard", "studi", "learn", "rememb", "read"})
_LINKING = frozenset({"be", "is", "are", "was", "were"})
_VERBS = frozenset(
    """contains holds uses provides allows sends stores makes gives takes needs gets runs keeps creates shares starts
    stops shows tells means adds reads writes finds connects carries saves limits reduces increases removes deletes pulls calls runs hides isolates forwards waits kills sees""".split()
)
"""Verbs that hold a sentence of long names together ("IPv6 extension headers contain additional information")."""
_GRADING = frozenset({"rubric", "rubrics", "grader", "graders", "grading"})
"""Words to whoever grades: nothing is said about the question in such a sentence."""
_CRITERIA = frozenset({"criterion", "criteria"})
_CHOOSING = frozenset({"selection", "decision", "choice", "my", "our", "main", "important"})
"""Whose criteria are not those of whoever grades."""
_CASES = frozenset({"yes", "if", "then", "otherwise"})
"""What follows a question that was a step of a procedure: "Is it full? If so, ..."."""
_ASKING = frozenset(
    "what which who whom whose how why when where is are was were do does did can could will would should has have am".split()
)
_TAG = re.compile(
    r"(?:am i |is (?:that|this|it) )?(?:right|correct|ok|okay|true|yes|no|yeah)|"
    r"(?:do|does|is|are|can|will|have|has|did|was|were|could|would) not (?:it|they|that|he|we|you)|"
    r"(?:if|as far as) i (?:remember|recall|know)(?: (?:correctly|right))?|(?:does|do) (?:that|this|it) make sense|or"
)
_TESTING = frozenset({"check", "ask", "decid", "verifi", "determin", "test", "whether"})
_SIGNS = frozenset({"->", "=>", "→", ">", "+", "=", "/", "(", ":", '"'})


def idle(words: list[Token], prompt: frozenset[tuple[str, str]], following: str = "") -> str:
    """Why a sentence asserts nothing, in one word, or nothing if it does assert; `following` is the next one's first."""
    told = following in _CASES or _is_test(words) or _looks_up(words) or _ends_in_a_tag(words)
    if words[-1].word == "?" and not told:
        return "question"
    plain = [token for token in words if token.word[0].isalnum()]
    stems = [token.stem for token in plain]
    pairs = list(itertools.pairwise(stems))
    if ("full", "mark") in pairs or _is_to_grader([one.word for one in plain]):
        return "addressed"
    if len(pairs) >= FEWEST_COPIED and sum(pair in prompt for pair in pairs) >= 0.75 * len(pairs):
        return "copied"
    content = [token for token in plain if token.word not in FUNCTION_WORDS and not token.word[0].isdigit()]
    if _is_bag(words, plain, content):
        return "keywords"
    if len(content) <= 7 and _only_mentions(plain):
        return "mention"
    return ""


def _is_to_grader(said: list[str]) -> bool:
    """Whether whoever grades is addressed, and not "my selection criteria" are told."""
    own = any(one in _CRITERIA and before in _CHOOSING for before, one in itertools.pairwise(said))
    return bool(_GRADING & set(said)) or (bool(_CRITERIA & set(said)) and not own)


def _ends_in_a_tag(words: list[Token]) -> bool:
    """Whether a statement only asks to be agreed with: "It shares the kernel, right?"."""
    if words[0].word in _ASKING or len(words) < 5:
        return False
    cut = max((at for at, one in enumerate(words) if one.word in {",", "-"}), default=0)
    tag = " ".join(one.word for one in words[cut + 1 : -1])
    return words[-2].word in {"right", "correct"} or (cut > 2 and bool(_TAG.fullmatch(tag)))


def _is_test(words: list[Token]) -> bool:
    """Whether a question is what somebody checks ("every node checks: is it the best route?"), told as a statement."""
    if words[0].word in _ASKING:
        return False
    return any(token.stem in _TESTING for token in words[:12])


def _looks_up(words: list[Token]) -> bool:
    """Whether a question tells what is looked for: "ss -l: which port?"."""
    colon = next((at for at, token in enumerate(words) if token.word == ":"), 0)
    before = {token.word for token in words[:colon]}
    return colon > 1 and not before & (_ASKING | {"i", "we", "you", "question", "questions"})


def _is_bag(words: list[Token], plain: list[Token], content: list[Token]) -> bool:
    """Keywords in a row: long runs of content words with hardly a function word, sign or arrow between them."""
    if len(plain) < 7:
        return False
    signs = sum(token.word in _SIGNS for token in words)
    glue = len(plain) - len(content) + signs
    inner = sum(token.word in _VERBS for token in words[1:-2])
    plainly = glue > 0 or (len(plain) <= LONGEST_TERSE and inner == 1)
    verbs = [plainly and _is_verb(before, token) for before, token in itertools.pairwise(words)]
    longest = run = 0
    for token, verb in zip(words, (False, *verbs), strict=True):
        run = run + 1 if token.word[0].isalpha() and token.word not in FUNCTION_WORDS and not verb else 0
        longest = max(longest, run)
    commas = sum(token.word == "," for token in words)
    listed = 1.35 if glue else 2.3
    return (longest >= 7 and glue + sum(verbs) < (0.2 if glue else 0.1) * len(plain)) or (
        commas >= 5 and len(plain) <= listed * (commas + 1) and glue < 0.1 * len(plain)
    )


def _is_verb(before: Token, token: Token) -> bool:
    """Whether a word is the verb of the name before it: "headers contain", "a header contains"."""
    if token.word in _VERBS:
        return True
    return f"{token.word}s" in _VERBS and before.word.endswith("s")


def _only_mentions(plain: list[Token]) -> bool:
    """A word of mentioning as the predicate, nothing said: "X is important", "I heard about X and Y"."""
    for index, token in enumerate(plain):
        before = [one.word for one in plain[max(0, index - 3) : index]]
        after = [one.word for one in plain[index + 1 : index + 3]]
        if token.stem in _RECALLING or token.word in _RECALLING:
            named = after[:1] in (["about"], ["of"]) and after[1:] not in (
                ["this"],
                ["that"],
                ["it"],
                ["them"],
            )
            if {"i", "we", "you"} & set(before[-2:]) and named:
                return True
            continue
        if {"not", "never", "no"} & set(before):
            continue  # "the proxy is not involved" says something
        relates = token.stem in {"relat", "concern"} and after[:1] == ["to"]
        explained = bool(_EXPLAINING & set(after[:1]))
        named = token.word in {"key", "term", "word"} and before[-1:] in (["the"], ["a"], ["this"])
        named = named or (token.stem in {"term", "word"} and "in" in before) or "which" in before
        named = named or after[:1] in (["thing"], ["part"], ["point"], ["step"], ["difference"])
        later = itertools.pairwise(one.word for one in plain[index + 1 : index + 6])
        explained = explained or any(one in _LINKING and then in _EXPLAINING for one, then in later)
        if token.stem not in _MENTIONS or token.word in _NO_MENTIONS or named or (explained and not relates):
            continue
        around = plain[max(0, index - 3) : index] + plain[index + 1 : index + 3]
        if token.word in _MENTION_VERBS or any(
            one.word in _LINKING or one.stem in _LINKING for one in around
        ):
            return True
    return False
