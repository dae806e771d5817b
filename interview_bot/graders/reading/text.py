"""Reads text as a grader must: tricks of Unicode undone, words cut and reduced to stems, offsets kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, cast

import simplemma
import snowballstemmer

LONGEST = 8000
"""Characters of an answer that are read; the rest is ignored and flagged."""

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")  # noqa: RUF001
_QUOTES = {ord("’"): "'", ord("‘"): "'", ord("`"): " ", ord("“"): '"', ord("”"): '"'}  # noqa: RUF001
_LOOKALIKES = dict(
    zip(
        "аАВеЕЗіІјЈкКМНоОрРсСтТуУхХѕЅһԁԛԝαΑΒΕΖΗΙικΚΜΝοΟρΡτΤυΥχΧνωɡıℓ",
        "aABeE3iIjJkKMHoOpPcCtTyYxXsShdqwaABEZHIikKMNoOpPtTuYxXvwgil",
        strict=True,
    )
)

LONGEST_FLAG = 3
"""Characters up to which capitals are a flag ("-P") and not shouted."""

_TOKEN = re.compile(
    r"""
      (?<![\w-])--?[a-z][a-z0-9]*(?:-[a-z0-9]+)*   # a flag: -p, --network
    | \b(?:e\.g|i\.e|resp|approx|incl)\.                        # their full stop ends nothing
    | \b(?:w/o|b/c|1st|2nd|3rd|4ever)\b|\bw/(?=\s)             # short forms that other rules would cut
    | \d+(?:[.:]\d+)*(?:\.\d+)*                                # 10, 0.5, 127.0.0.1, 8080:80
    | [^\W\d_][^\W_]*(?:'[a-z]+)?(?:\.(?!(?-i:[A-Z][a-z]))(?=[^\W_])[^\W_]+)*  # it's, docker.sock; not "end.Next"
    | ->|=>|→|>                                                # arrows of a chain
    | \$\?                                                     # the shell's exit code asks nothing
    | [.!?;:,()\[\]{}\n"]                                      # what cuts sentences and clauses
    | [$&|/\\*%+=<~@\#-]                                       # signs that may matter to a pattern
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DOTS = dict.fromkeys(map(ord, "•●▪◦‣∙"), "\n")  # items of a list, each a sentence of its own
_SIGNS = _DASHES | _QUOTES | _DOTS
_BULLET = re.compile(r"(?m)(^\s*|[:.;]\s+)-(?=[A-Za-z]{4}|[A-Z][a-z]|(?:not|no|the|it|is)\b)")
"""A list sign without a blank ("-Sequence number"); flags are shorter or begin with two dashes."""
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
    if number
} | {"twenty": "20", "thirty": "30", "sixty": "60", "hundred": "100"}
_UNITS = {
    "s": "second", "sec": "second", "secs": "second", "ms": "millisecond", "min": "minute", "mins": "minute",
    "mib": "mb", "megabyte": "mb", "meg": "mb", "gib": "gb", "gigabyte": "gb", "gig": "gb",
    "kib": "kb", "kilobyte": "kb", "%": "percent", "pct": "percent",
}  # fmt: skip
_SHORTENED = {
    "don't": "do not", "doesn't": "do not", "didn't": "do not", "isn't": "is not", "aren't": "are not",
    "wasn't": "is not", "weren't": "is not", "can't": "can not", "cannot": "can not", "couldn't": "can not",
    "won't": "will not", "wouldn't": "will not", "shouldn't": "should not", "hasn't": "have not",
    "haven't": "have not", "hadn't": "have not", "mustn't": "must not", "needn't": "need not",
    "ain't": "is not", "dont": "do not", "doesnt": "do not", "didnt": "do not", "isnt": "is not",
    "arent": "are not", "cant": "can not", "wont": "will not", "couldnt": "can not", "wouldnt": "will not",
    "shouldnt": "should not", "hasnt": "have not", "havent": "have not", "wasnt": "is not",
    "you'd": "you would", "they'd": "they would", "it's": "it is", "that's": "that is", "there's": "there is", "they're": "they are", "you're": "you are",
    "what's": "what is", "let's": "let us", "i'm": "i am", "we're": "we are", "they've": "they have",
    "i've": "i have", "you've": "you have", "it'll": "it will", "you'll": "you will", "they'll": "they will",
    "w/o": "without", "w": "with", "w/": "with", "n": "and", "b4": "before", "l8r": "later", "str8": "straight",
    "4ever": "forever", "smth": "something", "sth": "something", "1st": "first", "2nd": "second", "3rd": "third",
    "rly": "really", "ppl": "people", "abt": "about", "thru": "through", "cos": "because", "tho": "though", "b/c": "because", "bc": "because", "cuz": "because", "coz": "because", "thats": "that is",
    "gonna": "going to", "wanna": "want to", "u": "you", "ur": "your", "r": "are", "btw": "by the way",
    "vs": "versus", "config": "configuration", "configs": "configurations", "dir": "directory",
    "dirs": "directories", "fs": "filesystem", "os": "os", "mem": "memory", "repo": "repository",
    "repos": "repositories", "app": "application", "apps": "applications", "proc": "process",
    "procs": "processes", "info": "information", "perms": "permissions", "deps": "dependencies",
    "dep": "dependency", "env": "environment", "vms": "vm", "k8s": "kubernetes", "kube": "kubernetes",
    "db": "database", "pkgs": "packages", "pkg": "package", "img": "image", "imgs": "images",
    "ctr": "container", "addr": "address", "addrs": "addresses", "prod": "production", "dev": "development",
    "auth": "authentication", "docs": "documentation", "doc": "documentation", "artefact": "artifact",
    "artefacts": "artifacts", "ips": "ip", "nginx": "nginx", "dns": "dns", "its": "its", "us": "us",
}  # fmt: skip
SENTENCE_ENDS = frozenset({".", "!", "?", ";", "\n"})
FUNCTION_WORDS = frozenset(
    """a an the this that these those it its they them their there here he she we you i my your our his her us me
    is are was were be been being am do does did done have has had having can could will would shall should may
    might must need and or but nor so yet if then than as at by for from in into of off on onto out over to under
    up with within without about after again against all also although any because before between both down
    during each either else every few further how however just like more most much neither no not now once only
    other own per same since some still such through thus too until very via what when where whereas which while
    who whom whose why never always get gets got actually basically simply really -> => → >""".split()
)
_stem_word = cast("Callable[[str], str]", snowballstemmer.stemmer("english").stemWord)  # pyright: ignore[reportUnknownMemberType]


class Clean(NamedTuple):
    """Normalised text with, for each of its characters, the offset of its origin in the original."""

    text: str
    origin: list[int]
    cut: bool


class Token(NamedTuple):
    """One word or sign: its stem (the key it is matched by), its surface, and its offsets in the original."""

    stem: str
    word: str
    start: int
    end: int
    apart: bool = True
    """Whether anything that can be seen or a blank stands between it and the token before."""


def clean(text: str) -> Clean:
    """Undo tricks of Unicode: NFKC, invisible and tag characters dropped, lookalike letters made Latin."""
    if text.isascii() and text.isprintable():
        return Clean(text[:LONGEST], list(range(min(len(text), LONGEST))), cut=len(text) > LONGEST)
    mostly_latin = _mostly_latin(text)
    out: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        if index >= LONGEST:
            return Clean("".join(out), origin, cut=True)
        if char < "\x80":
            if char >= " " or char in "\n\t\r":
                out.append("\n" if char == "\r" else char)
                origin.append(index)
            continue
        for plain in _plain(char, mostly_latin):
            out.append(plain)
            origin.append(index)
    return Clean("".join(out), origin, cut=False)


def _mostly_latin(text: str) -> bool:
    letters = [char for char in text[:LONGEST] if char.isalpha()]
    return sum(char < "\u0250" for char in letters) * 2 >= len(letters)


def _plain(char: str, mostly_latin: bool) -> str:
    point = ord(char)
    if point in _SIGNS:
        return _SIGNS[point]
    if unicodedata.category(char) in {"Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"}:
        return ""
    if mostly_latin and char in _LOOKALIKES:
        return _LOOKALIKES[char]
    folded = unicodedata.normalize("NFKD", char) if point < 0x250 else unicodedata.normalize("NFKC", char)
    return "".join(
        _LOOKALIKES.get(one, one) if mostly_latin else one
        for one in folded
        if unicodedata.category(one) not in {"Mn", "Cf"}
    )


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Reduce one lower-case word to what its inflections and derivations share ("isolated", "isolation")."""
    if word in _FIXED:
        return _FIXED[word]
    if not word[0].isalpha() or "." in word:
        return word
    lemma = simplemma.lemmatize(word, "en").lower() if len(word) > 3 else _SHORT_FORMS.get(word, word)
    reduced = _stem_word(lemma)
    return re.sub(r"is(e|at|)$", r"iz\1", reduced) if len(reduced) > 5 else reduced


_KEPT = {
    "container": "container", "containers": "container", "containerd": "containerd", "layer": "layer",
    "layers": "layer", "layered": "layer", "image": "image", "images": "image", "server": "server",
    "servers": "server", "host": "host", "hosts": "host", "tag": "tag", "tags": "tag", "tagged": "tag",
    "process": "process", "processes": "process", "processing": "processing", "data": "data", "left": "leave",
    "its": "its", "worse": "worse", "worst": "worse", "executable": "executable", "contention": "contention", "contented": "contented", "executables": "executable", "docker": "docker", "dockerd": "dockerd", "root": "root", "rooted": "root", "routed": "route",
}  # fmt: skip
_FIXED = _KEPT | _UNITS | _NUMBERS
"""Words whose stems neither the dictionary nor the stemmer is asked for."""
_SHORT_FORMS = {
    "ran": "run", "are": "be", "is": "be", "was": "be", "has": "have", "had": "have", "got": "get", "did": "do",
    "saw": "see", "put": "put", "let": "let", "sat": "sit", "met": "meet", "won": "win", "ate": "eat",
    "set": "set", "cut": "cut", "led": "lead", "fed": "feed", "hid": "hide", "am": "be", "men": "man",
    "its": "its", "ips": "ip", "ids": "id", "vms": "vm", "oss": "os", "use": "use",
}  # fmt: skip


@lru_cache(maxsize=20_000)
def carries_sense(word: str) -> bool:
    """Whether it is a word, and not one of the small ones."""
    return word[0].isalnum() and word not in FUNCTION_WORDS


def is_english(word: str) -> bool:
    """Whether the dictionary knows the lower-case word; a word that it knows is not a misspelling of another."""
    return simplemma.is_known(word, "en")


def tokens(cleaned: Clean) -> list[Token]:
    """Cut normalised text into tokens; a shortened form ("can't") becomes its words at the same place."""
    found: list[Token] = []
    origin = cleaned.origin
    last = 0
    shouts = len(cleaned.text) > LONGEST_FLAG and cleaned.text.isupper()
    for match in _TOKEN.finditer(_BULLET.sub(r"\1 ", cleaned.text)):
        surface = match.group()
        if shouts or surface[0] != "-" or not re.fullmatch("-[A-Z]", surface):  # -P is another flag than -p
            surface = surface.lower()
        start, end = origin[match.start()], origin[match.end() - 1] + 1
        apart = not match.start() or match.start() != last
        last = match.end()
        in_a_path = surface == "etc" and cleaned.text[: match.start()].endswith("/")
        written = ("etc",) if in_a_path else _words(surface)
        found += [Token(stem(word), word, start, end, apart) for word in written]
    return found


@lru_cache(maxsize=20_000)
def _words(surface: str) -> tuple[str, ...]:
    if surface in _SHORTENED:
        return tuple(_SHORTENED[surface].split())
    if "'" in surface:
        surface = surface.split("'", 1)[0] or surface
    if surface in {"e.g", "i.e", "e.g.", "i.e.", "etc"}:
        return ()
    surface = surface.rstrip(".") or surface
    glued = re.fullmatch(r"(\d+(?:\.\d+)?)([a-z]+)", surface)
    return (glued.group(1), glued.group(2)) if glued else (surface,)


def words_of(text: str) -> list[Token]:
    """Tokens of plain text, for authors' lines and prompts."""
    return tokens(clean(text))
