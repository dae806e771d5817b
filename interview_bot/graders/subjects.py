"""Follows of whom a text speaks: through pronouns, sentences and clauses, for lines that are said of a subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from interview_bot.graders.lines import Phrase
from interview_bot.graders.places import Places
from interview_bot.graders.reading.language import Reading, Sentence
from interview_bot.graders.reading.text import Token

_COMPARING = frozenset(
    {"than", "unlike", "versus", "oppose", "compare", "contrast", "of", "like", "to", "with"}
)
_FRONTING = frozenset({"with", "in", "on", "for", "inside", "regarding", "as", "using", "by", "about"})
_LIKENING = frozenset({"as", "like", "than"})
_DIFFERING = frozenset({"differ", "distinct", "distinguish"})
_IS = frozenset({"is", "are", "was", "were"})
_RELATIVE = frozenset({"which", "that", "who", "where", "whose"})
_CLAUSE = frozenset(
    {",", "(", ")", ":", "and", "but", "while", "whereas", "because", "so", "since", "though", "although"}
)
_BEFORE_NAMES = frozenset({"a", "an", "the", "each", "every", "real", "normal", "full"})
_NOBODY: frozenset[str] = frozenset()
_SOMEBODY = frozenset({""})
"""Something that the rubric has no name for."""


class Followed(NamedTuple):
    """Of whom each token may be said, and whom each sentence names."""

    about: list[frozenset[str]]
    named: list[frozenset[str]]


Mentions = Mapping[int, tuple[int, str]]


def follow_subjects(reading: Reading, places: Places, subjects: Mapping[str, tuple[Phrase, ...]]) -> Followed:
    """For each token the subjects it may be said of, empty where nobody was named yet; for each sentence those it names."""
    about = [_NOBODY] * len(reading.tokens)
    if not subjects:
        return Followed(about, [_NOBODY] * len(reading.sentences))
    mentions: dict[int, tuple[int, str]] = {}
    for name, phrases in subjects.items():
        for phrase in phrases:
            for start, end in places.of(phrase):
                if start not in mentions or end > mentions[start][0]:
                    mentions[start] = (end, name)
    current = _NOBODY
    for sentence in reading.sentences:
        current = _follow(reading.tokens, sentence, mentions, current, about)
    named = [
        frozenset(mentions[at][1] for at in range(one.start, one.end) if at in mentions)
        for one in reading.sentences
    ]
    return Followed(about, named)


def _follow(
    words: Sequence[Token],
    sentence: Sentence,
    mentions: Mentions,
    current: frozenset[str],
    about: list[frozenset[str]],
) -> frozenset[str]:
    clause = sentence.start
    named_here = False
    aside = _NOBODY
    for index in range(sentence.start, sentence.end):
        if words[index].word in _CLAUSE:
            clause = index + 1
            named_here = False
            aside = _NOBODY
        mention = mentions.get(index)
        if mention and _leads(words, index, clause, mention[0]):
            name = frozenset({mention[1]})
            if not named_here:
                for earlier in range(clause, index):
                    about[earlier] = about[earlier] | name if about[earlier] else about[earlier]
            both = named_here and words[index - 1].word in {"and", "or", "/"}
            current = current | name if both else name
            aside = _NOBODY
            named_here = True
        elif mention:
            aside = frozenset({mention[1]})
            if not current and words[index - 1].word == "than":  # "VMs are safer than containers"
                about[clause : index - 1] = [_SOMEBODY] * (index - 1 - clause)
        about[index] = current | aside if current else current
    return current


def _leads(words: Sequence[Token], index: int, clause: int, end: int) -> bool:
    """Whether a name opens what is said of it, rather than being compared with or acted on."""
    while index and words[index - 1].word in _BEFORE_NAMES:
        index -= 1
    if index <= clause:
        return True
    before = words[index - 1].word
    if index - clause >= 2 and (words[index - 2].word in _LIKENING or words[index - 2].stem in _DIFFERING):
        return False
    after = [token.word for token in words[end : end + 2]]
    if before == "of" and index - clause <= 4 and after and after[0] in _IS:
        return True
    followed = bool(after) and (after[0] in _RELATIVE or (after[0] == "," and after[-1] in _RELATIVE))
    if before in _FRONTING and index - clause <= 3:
        return True
    return followed or before not in _COMPARING | _FRONTING
