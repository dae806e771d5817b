"""Fit the trees of the second hearing to the labelled answers beside this file.

    make train        writes interview_bot/graders/second.json and prints what is gained on questions left out

Each row is a point that no line heard whole, in an answer of `answers/`; it is 1 where the label says that the point was made and 0
where the label agrees with the first hearing. Rows where the label says yet another thing are left out: either verdict is wrong there.
"""

import json
import random
from pathlib import Path

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from interview_bot.bank.files import load
from interview_bot.graders.compiled import compile_rubric
from interview_bot.graders.hearing import hear
from interview_bot.graders.reading.language import read
from interview_bot.graders.reading.text import clean
from interview_bot.graders.search import Search
from interview_bot.graders.second import Evidence, open_points

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODEL = ROOT / "interview_bot/graders/second.json"
FILLER = """
Well, that is a good question and I have thought about it a lot over the years. In my experience
every team handles this in a different way, and it always depends on the people and on the time they
have. I like to start simple, look at what we need, and then improve things step by step.
Communication matters most in my view, and I always write things down so that others can follow.
When something breaks at night you want to find the reason fast, so I care about good notes and
clear names. We also try to run things the same way on every machine, keep the old version at hand
and check the result before we tell anybody. My last company was a small shop with many customers,
and we learned to work with what we had. Of course there are books and talks about all of this, and
I have read some of them. I would say that I am a person who wants to understand how a system works
inside and why it was made like that. Sometimes the process takes longer than planned, and then it
is better to stop, look at the files and ask a colleague. In the end it is about using the right
tool for the right job and not changing everything at once.
"""
FOLDS = 8
DIGITS = 4


def trees() -> GradientBoostingClassifier:
    return GradientBoostingClassifier(
        n_estimators=60, max_depth=2, learning_rate=0.15, min_samples_leaf=30, subsample=0.7, random_state=0
    )


def rows(how: str):
    """Question, evidence, what the first hearing said and what is due, for every point of every answer.

    `how`: "as it is"; "padded" with small talk, which makes no point; "strange": answers to questions of other topics, which make none.
    """
    bank = {one.question.slug: one.question for one in load(ROOT / "questions")}
    answers = {
        path.stem: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for path in sorted((HERE / "answers").glob("*.jsonl"))
    }
    talk = FILLER.replace("\n", " ").strip(" .").split(". ")
    chance = random.Random(0)
    for slug, told in answers.items():
        rubric = compile_rubric(bank[slug])
        due = [(one["answer"], one["verdicts"]) for one in told]
        if how == "padded":
            due = [
                (_padded(text, chance.sample(talk, 4)), labels)
                for text, labels in due
                if chance.random() < 0.5
            ]
        if how == "strange":
            strangers = [one for one in answers if bank[one].topic != rubric.question.topic]
            others = [one["answer"] for other in strangers for one in answers[other]]
            due = [(text, {one.id: "missed" for one in rubric.criteria}) for text in chance.sample(others, 5)]
        for text, labels in due:
            cleaned = clean(text)
            reading = read(cleaned, rubric.prompt_pairs)
            search = Search(cleaned, reading, rubric)
            first = hear(rubric, search, reading)
            evidence = {one.number: one.evidence for one in open_points(rubric, search, reading, first)}
            for number, one in enumerate(rubric.criteria):
                yield slug, evidence.get(number), first.verdicts[one.id].verdict.value, labels[one.id]


def _padded(text, talk):
    return f"{talk[0]}. {talk[1]}.\n{text}\n{talk[2]}. {talk[3]}."


def main() -> None:
    sets = {how: _table(rows(how)) for how in ("as it is", "padded", "strange")}
    numbers, made, questions = (np.concatenate([one[column] for one in sets.values()]) for column in range(3))
    for name, (x, y, slugs, known, right) in sets.items():
        gained = 0
        for fold in range(FOLDS):
            left_out = sorted(set(questions))[fold::FOLDS]
            fit, test = ~np.isin(questions, left_out), np.isin(slugs, left_out)
            told = trees().fit(numbers[fit], made[fit]).predict(x[test])
            gained += int((told & y[test]).sum() - (told & ~y[test]).sum())
        print(
            f"{name}: {known} points, {len(y)} heard again; right {right / known:.4f}, then {(right + gained) / known:.4f}"
        )
    model = trees().fit(numbers, made)
    start = float(np.log(made.mean() / (1 - made.mean())))
    told = [_nested(one.tree_, 0, model.learning_rate) for one in model.estimators_[:, 0]]
    lines = ",\n  ".join(json.dumps(one) for one in told)
    MODEL.write_text(f'{{"start": {round(start, DIGITS)}, "trees": [\n  {lines}\n]}}\n', encoding="utf-8")


def _table(found):
    """Evidence, whether the point was made, and the question, of the points heard again; then how many there are, and right at once."""
    found = list(found)
    open_ = [row for row in found if row[1] is not None and row[3] in {"met", row[2]}]
    return (
        np.array([row[1] for row in open_], float),
        np.array([row[3] == "met" for row in open_]),
        np.array([row[0] for row in open_]),
        len(found),
        sum(first == label for _, _, first, label in found),
    )


def _nested(tree, node, rate):
    if tree.children_left[node] < 0:
        return round(float(tree.value[node, 0, 0]) * rate, DIGITS)
    below, above = (_nested(tree, side[node], rate) for side in (tree.children_left, tree.children_right))
    return [Evidence._fields[tree.feature[node]], round(float(tree.threshold[node]), DIGITS), below, above]


if __name__ == "__main__":
    main()
