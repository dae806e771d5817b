"""Questions in and out of other formats at the command line, and new ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from interview_bot.bank.drafts import write_imported, write_new
from interview_bot.bank.exchange.anki import from_anki, write_anki
from interview_bot.bank.exchange.moodle import to_gift, to_moodle
from interview_bot.bank.exchange.tables import from_csv, from_json, to_csv, to_json
from interview_bot.cli.exits import FAILED
from interview_bot.core.errors import OperatorError
from interview_bot.wiring import House

WRITERS = {"json": to_json, "csv": to_csv, "moodle": to_moodle, "gift": to_gift}
READERS = {"json": from_json, "csv": from_csv, "anki": from_anki}


def new(place: str, *, prompt: str = "What would you ask?") -> None:
    """Write the skeleton of a new question.

    Parameters
    ----------
    place
        Where it goes: `<track>/<topic>/<slug>`.
    prompt
        What is asked.
    """
    house = House()
    path = write_new(house.settings.question_folder(), place, prompt, house.clock.now().date())
    print(f"{path}\nFill it in, then: interview-bot questions check {path}")


def export(
    topic: str | None = None,
    *,
    form: Annotated[Literal["json", "csv", "anki", "moodle", "gift"], Parameter(name="--format")] = "json",
    output: Path,
) -> None:
    """Write questions for other programs.

    Parameters
    ----------
    topic
        Only this topic or track; the whole bank if none.
    form
        json and csv come back with `questions import`; anki is a deck, moodle its XML, gift its text format.
    output
        The file to write.
    """
    catalogue = House().catalogue
    slugs = [one.slug for one in catalogue.about(topic)] if topic else list(catalogue.questions)
    chosen = [catalogue.questions[slug] for slug in slugs]
    if form == "anki":
        write_anki(chosen, output)
    else:
        try:
            output.write_text(WRITERS[form](chosen), encoding="utf-8")
        except OSError as error:
            raise OperatorError(f"{output}: cannot be written: {error.strerror}") from None
    print(f"{len(chosen)} questions in {output}")


def import_(
    file: Path,
    *,
    into: Path,
    form: Annotated[Literal["json", "csv", "anki"] | None, Parameter(name="--format")] = None,
) -> int:
    """Read questions from another program into a folder of question files, and report what could not be read.

    Parameters
    ----------
    file
        JSON or CSV as `questions export` writes them, or notes that Anki exported as text.
    into
        The folder for `<track>/<topic>/<slug>.yaml`; files that are there are left alone.
    form
        By the file's name if not said; .txt is Anki's.
    """
    known = {".json": "json", ".csv": "csv", ".txt": "anki", ".tsv": "anki"}
    chosen = form or known.get(file.suffix.lower())
    if chosen is None:
        raise OperatorError(f"{file}: expected .json, .csv or .txt, or --format")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{file}: cannot be read: {error}") from None
    found = READERS[chosen](text, str(file))
    written = write_imported(into, found.questions)
    for fault in found.faults:
        print(fault)
    print(f"{len(written)} questions written under {into}, {len(found.faults)} not read")
    return FAILED if found.faults else 0
