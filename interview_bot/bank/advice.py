"""Looks at a whole bank: questions that resemble each other, names misspelt, sources elsewhere, words that never match."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from interview_bot.bank.files import Loaded
from interview_bot.bank.finding import Finding
from interview_bot.core.errors import BadQuestionFile
from interview_bot.core.questions import KINDS, Question

SAME_QUESTION = 90
"""Likeness of two prompts, 0 to 100, from which on they ask the same."""

HEAVIEST_SHARE = 0.6
"""The most that one criterion may weigh of its question."""

# Each right spelling with what people write for it; longer names first, since a shorter one may be part of them.
_NAMES = {
    "Kubernetes": r"kubernetes|Kubernets|Kubernetis|Kubernete\b",
    "containerd": r"Containerd|ContainerD|container-d\b",
    "runc": r"RunC|runC|Runc",
    "BuildKit": r"Buildkit|buildkit|Build Kit",
    "OverlayFS": r"OverlayFs|Overlayfs|overlayFS",
    "GitHub": r"Github",
    "PostgreSQL": r"Postgresql|PostGreSQL|PostGres",
    "systemd": r"SystemD|Systemd|systemD",
    "CRI-O": r"CRIO\b|Cri-o|cri-O",
    "Podman": r"PodMan|podman's",
    "Linux": r"linux\b(?![/-])|LINUX",
    "macOS": r"MacOS|Mac OS|MacOs",
    "JSON": r"\bJson\b",
    "YAML": r"\bYaml\b",
    "Docker Hub": r"Dockerhub|DockerHub|docker hub",
    "Docker Compose": r"docker-compose(?!\.ya?ml)|Docker-Compose",
}
HOSTS_FILE = "hosts.txt"


def advise(loaded: Sequence[Loaded], hosts: frozenset[str]) -> Iterator[Finding]:
    """What stands out in the bank as a whole; without `hosts` any address is taken for a source."""
    yield from _alike(loaded)
    for one in loaded:
        yield from _weights(one)
        yield from _names(one)
        yield from _sources(one, hosts)


def _alike(loaded: Sequence[Loaded]) -> Iterator[Finding]:
    for one, other in combinations(loaded, 2):
        likeness = fuzz.token_set_ratio(one.question.prompt.lower(), other.question.prompt.lower())
        if likeness >= SAME_QUESTION:
            yield Finding(
                other.at("prompt"),
                f"asks the same as {one.question.slug} ({likeness:.0f} of 100 alike), expected one of them",
            )


def _weights(one: Loaded) -> Iterator[Finding]:
    total = sum(criterion.weight for criterion in one.question.criteria)
    for number, criterion in enumerate(one.question.criteria):
        if len(one.question.criteria) > 1 and criterion.weight > HEAVIEST_SHARE * total:
            yield Finding(
                one.at("criteria", number),
                f"`{criterion.id}` weighs {criterion.weight} of {total}, expected at most {HEAVIEST_SHARE:.0%}",
            )
    heavy = sum(criterion.weight == 3 for criterion in one.question.criteria)
    if heavy > 4:
        yield Finding(one.at("criteria"), f"{heavy} criteria must be said, expected at most 4", advice=True)


def _names(one: Loaded) -> Iterator[Finding]:
    for place, text in _prose(one.question):
        for right, wrong in _NAMES.items():
            if found := re.search(rf"(?<![\w/.@-])(?:{wrong})(?![\w/@])", text):
                yield Finding(one.at(*place), f"`{found[0]}`, expected {right}")


def _prose(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is read by people, listings left out: code has its own spelling."""
    told = "\n".join(row for row in question.prompt.split("\n") if not row.startswith("    "))
    yield ("prompt",), told
    yield ("reference",), question.reference
    for number, criterion in enumerate(question.criteria):
        yield ("criteria", number), f"{criterion.point}\n{criterion.why or ''}\n{criterion.probe or ''}"
    for number, one in enumerate(question.misconceptions):
        yield ("misconceptions", number), f"{one.claim}\n{one.correction}"
    for number, hint in enumerate(question.hints):
        yield ("hints", number), hint


def read_hosts(root: Path) -> frozenset[str]:
    """The hosts that sources may be on: `hosts.txt` in the bank's folder, one a line, `#` for comments.

    Raises:
        BadQuestionFile: the file cannot be read.
    """
    path = root / HOSTS_FILE
    if not path.is_file():
        return frozenset()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestionFile([f"{path}:1: cannot be read: {error}"]) from None
    return frozenset(line.split("#")[0].strip() for line in lines) - {""}


def _sources(one: Loaded, hosts: frozenset[str]) -> Iterator[Finding]:
    for number, source in enumerate(one.question.sources):
        host = urlsplit(source.url or "").hostname or ""
        if hosts and source.url and host not in hosts:
            yield Finding(
                one.at("sources", number), f"{host} is not in {HOSTS_FILE}, expected an official source"
            )


def table(questions: Iterable[Question]) -> str:
    """Questions by topic, level and kind, as lines of text."""
    found = list(questions)
    topics = sorted({(one.track, one.topic) for one in found})
    kinds = [kind for kind in KINDS if any(one.kind == kind for one in found)]
    head = ["topic", "all", "L1", "L2", "L3", *kinds]
    rows = [head]
    for track, topic in topics:
        inside = [one for one in found if (one.track, one.topic) == (track, topic)]
        rows.append([f"{track}/{topic}", *_counts(inside, kinds)])
    rows.append(["all", *_counts(found, kinds)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _counts(found: Sequence[Question], kinds: Sequence[str]) -> list[str]:
    levels = Counter(one.level for one in found)
    by_kind = Counter(one.kind for one in found)
    return [
        str(len(found)),
        *(str(levels[level]) for level in (1, 2, 3)),
        *(str(by_kind[kind]) for kind in kinds),
    ]


def never_heard(loaded: Iterable[Loaded], used: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """Lines that no labelled answer ever matched: `used` holds the lines that did, by slug."""
    for one in loaded:
        heard = used.get(one.question.slug)
        if heard is None:
            continue
        for number, criterion in enumerate(one.question.criteria):
            for line in criterion.heard:
                text = line if isinstance(line, str) else ": ".join(next(iter(line.items())))
                if text not in heard:
                    yield Finding(
                        one.at("criteria", number),
                        f"`{criterion.id}`: no labelled answer matches `{text}`",
                        advice=True,
                    )
