"""Questions go out and come back the same; what cannot be read is reported line by line."""

import json
import re
import sqlite3
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from interview_bot.bank.exchange.anki import from_anki, write_anki
from interview_bot.bank.exchange.moodle import to_gift, to_moodle
from interview_bot.bank.exchange.tables import from_csv, from_json, to_csv, to_json
from interview_bot.bank.files import load
from interview_bot.cli import run
from interview_bot.core.errors import OperatorError
from interview_bot.core.questions import Question

BANK = [one.question for one in load(Path(__file__).resolve().parents[2] / "questions")]
AWKWARD = Question(
    slug="awkward",
    prompt='Read {this} = ~that~ # "quoted", and: <b>\n\n    FROM a:b\n    RUN x && y | z\n\nWhat, then?',
    reference="a\\b; c = d, «e» — f\tg",
    hints=("one, two", 'say "three"'),
)


@pytest.mark.parametrize(("write", "read"), [(to_json, from_json), (to_csv, from_csv)])
def test_what_goes_out_comes_back_the_same(write, read) -> None:
    found = read(write([*BANK, AWKWARD]), "file")
    assert found.faults == []
    assert found.questions == [*BANK, AWKWARD]


def test_a_table_with_two_columns_is_enough() -> None:
    found = from_csv("\ufeffprompt,reference\nWhy?,Because it is so.\n", "t.csv")
    assert [(one.slug, one.prompt, one.reference) for one in found.questions] == [
        ("imported-1", "Why?", "Because it is so.")
    ]


def test_what_cannot_be_read_is_reported_and_the_rest_is_kept() -> None:
    found = from_csv("prompt,reference,level,rubric\nA?,a,9,\nB?,b,2,{\nC?,c,1,\n", "t.csv")
    assert [one.prompt for one in found.questions] == ["C?"]
    assert sorted(fault.split(": ")[0] for fault in found.faults) == ["t.csv:2", "t.csv:3"]
    with pytest.raises(OperatorError, match="no column `reference`"):
        from_csv("prompt\nA?\n", "t.csv")
    with pytest.raises(OperatorError, match="JSON array"):
        from_json('{"prompt": "A?"}', "t.json")
    assert from_json("[1]", "t.json").faults != []


def test_moodle_xml_follows_the_rules_of_the_format() -> None:
    quiz = ET.fromstring(to_moodle([*BANK, AWKWARD]).encode())
    assert quiz.tag == "quiz"
    essays = [one for one in quiz if one.get("type") == "essay"]
    assert len(essays) == len(BANK) + 1
    assert {one.get("type") for one in quiz} == {"category", "essay"}
    first = next(iter(quiz))
    assert first.get("type") == "category"
    assert (first.findtext("category/text") or "").startswith("$course$/top/")
    for one in essays:
        assert one.findtext("name/text")
        assert [text.get("format") for text in one.iter("questiontext")] == ["html"]
        ET.fromstring(f"<div>{one.findtext('questiontext/text')}</div>")
        ET.fromstring(f"<div>{one.findtext('graderinfo/text')}</div>")
        assert float(one.findtext("defaultgrade", "0")) > 0
        assert one.findtext("responseformat") in {
            "editor",
            "editorfilepicker",
            "plain",
            "monospaced",
            "noinline",
        }
        assert one.findtext("responsefieldlines") in {"2", "3", "5", "10", "15", "20", "25", "30", "35", "40"}
    text = next(one for one in essays if one.findtext("name/text") == "awkward").findtext("questiontext/text")
    assert text
    assert "<pre>    FROM a:b\n    RUN x &amp;&amp; y | z</pre>" in text


def test_every_sign_that_gift_knows_is_escaped() -> None:
    gift = to_gift([*BANK, AWKWARD])
    blocks = [block for block in gift.split("\n\n") if "::" in block]
    assert len(blocks) == len(BANK) + 1
    for block in blocks:
        assert re.search(r"(?<!\\)\{####.*(?<!\\)\}$", block.strip(), re.DOTALL)
        assert len(re.findall(r"(?<!\\)[{}]", block)) == 2
        body = block.strip().split("]", 1)[1].split("{####")[0]
        assert re.findall(r"(?<!\\)[~=#:]", body) == []


def test_an_anki_deck_can_be_opened_and_keeps_its_cards(tmp_path: Path) -> None:
    seen = []
    for name in ("one", "two"):
        deck = tmp_path / f"{name}.apkg"
        write_anki([*BANK, AWKWARD], deck)
        with zipfile.ZipFile(deck) as archive:
            (tmp_path / name).write_bytes(archive.read("collection.anki2"))
        with sqlite3.connect(tmp_path / name) as database:
            seen.append(sorted(database.execute("select guid, flds from notes").fetchall()))
    assert len(seen[0]) == len(BANK) + 1
    assert seen[0] == seen[1]


def test_notes_that_anki_exported_are_read() -> None:
    text = (
        "#separator:tab\n#html:true\n#tags column:3\n"
        'What is<br>an image?\t"A read-only &amp; layered ""package""."\tdocker\n'
        "Half a note\n\n"
        "What is<br>an image?\tThe same question once more.\t\n"
    )
    found = from_anki(text, "notes.txt")
    assert [(one.slug, one.prompt, one.reference) for one in found.questions] == [
        ("what-is-an-image", "What is\nan image?", 'A read-only & layered "package".'),
        ("what-is-an-image-2", "What is\nan image?", "The same question once more."),
    ]
    assert found.faults == ["notes.txt:5: a note with fewer than two fields, expected question and answer"]
    with pytest.raises(OperatorError, match="separator"):
        from_anki("#separator:nonsense\na\tb\n", "notes.txt")


def test_the_commands_write_and_read_files(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("INTERVIEW_BOT_QUESTIONS", str(tmp_path / "bank"))
    assert run(["questions", "import", str(tmp_path / "none.csv"), "--into", str(tmp_path / "bank")]) == 1
    (tmp_path / "in.json").write_text(to_json(BANK[:3]))
    assert run(["questions", "import", str(tmp_path / "in.json"), "--into", str(tmp_path / "bank")]) == 0
    for form in ("json", "csv", "anki", "moodle", "gift"):
        out = tmp_path / f"out.{form}"
        assert run(["questions", "export", "--format", form, "--output", str(out)]) == 0
        assert out.stat().st_size > 1000
    assert json.loads((tmp_path / "out.json").read_text()) == json.loads(to_json(BANK[:3]))
    # A second import overwrites nothing.
    assert run(["questions", "import", str(tmp_path / "in.json"), "--into", str(tmp_path / "bank")]) == 1
    assert "is there already" in capsys.readouterr().err


def test_a_new_question_can_be_read_at_once(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("INTERVIEW_BOT_QUESTIONS", str(tmp_path))
    assert run(["questions", "new", "linux/files/inodes", "--prompt", "What: an inode?"]) == 0
    (made,) = load(tmp_path)
    assert (made.question.prompt, made.question.topic) == ("What: an inode?", "files")
    assert run(["questions", "new", "linux/files/inodes"]) == 1
    assert run(["questions", "new", "inodes"]) == 1
    assert "expected <track>/<topic>/<slug>" in capsys.readouterr().err
