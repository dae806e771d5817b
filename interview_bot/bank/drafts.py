"""Writes question files: a skeleton for a new question, and files for imported ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import yaml

from interview_bot.core.errors import OperatorError
from interview_bot.core.questions import Question

SKELETON = """\
# docs/authoring.md tells what each key is for; `interview-bot questions check` proves the file.
prompt: {prompt}
kind: concept  # concept compare flow scenario read-dockerfile read-output trade-off design
level: 2  # 1 screening, 2 working engineer, 3 senior
reviewed: {today}

terms: {{}}

criteria:  # 4 to 7; weight 3 must be said, 2 is expected, 1 is a bonus
  - id: first
    weight: 3
    point: The one thing that every good answer says.
    why: What goes wrong for people who do not know it.
    probe: A question that leads there without giving it away?
    heard:
      - words + other words
      - the same | in other words + and | or
    partly:
      - half of it

misconceptions:  # at least 3
  - id: wrong
    claim: What is commonly believed and false.
    correction: What is true, in one line.
    against: [first]
    heard:
      - the false words + said plainly

hints:
  - A nudge.
  - A direction.

reference: >-
  What a strong candidate would say, in 80 to 160 spoken words.

sources:  # at least 2 official pages
  - title: "Page"
    section: Heading on that page
    url: https://docs.docker.com/
"""


def write_new(root: Path, place: str, prompt: str, today: date) -> Path:
    """Write the skeleton of a question; `place` is `<track>/<topic>/<slug>`.

    Raises:
        OperatorError: the place is malformed or taken, or the file cannot be written.
    """
    parts = place.removesuffix(".yaml").split("/")
    if len(parts) != 3 or not all(part.replace("-", "").isalnum() for part in parts):
        raise OperatorError(
            f"{place}: expected <track>/<topic>/<slug>, such as docker/networking/dns-in-compose"
        )
    path = root.joinpath(*parts[:2], f"{parts[2]}.yaml")
    _write(path, SKELETON.format(prompt=_scalar(prompt), today=today.isoformat()))
    return path


def write_imported(root: Path, questions: Iterable[Question]) -> list[Path]:
    """Write one file for each question under `root/<track>/<topic>/`; a file that is there is left alone.

    Raises:
        OperatorError: a file is there already or cannot be written; nothing after it was written.
    """
    written: list[Path] = []
    for one in questions:
        path = root / one.track / one.topic / f"{one.slug}.yaml"
        whole = one.model_dump(mode="json", exclude_defaults=True, exclude={"slug", "track", "topic"})
        _write(path, yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=120))
        written.append(path)
    return written


def _scalar(text: str) -> str:
    return yaml.safe_dump(text, allow_unicode=True, width=1000).removesuffix("...\n").strip()


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OperatorError(f"{path}: is there already, expected a new slug") from None
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}") from None
