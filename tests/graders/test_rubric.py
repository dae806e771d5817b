"""The offline grader hears what is asserted, in whatever words, and nothing else."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview_bot.core.questions import Question
from interview_bot.graders.lines import BadLine, compile_line, general_terms
from interview_bot.graders.rubric import compile_rubric, grade

RUBRIC = compile_rubric(
    Question.model_validate(
        {
            "slug": "ns",
            "prompt": "What do namespaces do for a container and what do cgroups do?",
            "reference": "x",
            "terms": {"ns": "namespace | namespaces", "cg": "cgroup | cgroups | control group"},
            "criteria": [
                {"id": "ns", "weight": 3, "point": "ns", "heard": [{"ns": "<see> | <isolate>"}]},
                {"id": "cg", "weight": 3, "point": "cg", "heard": [{"cg": "<limit> | how much"}]},
                {
                    "id": "types",
                    "weight": 2,
                    "point": "types",
                    "any": 3,
                    "of": {"pid": "pid | process id", "net": "network", "mnt": "mount", "uts": "hostname"},
                },
                {"id": "chain", "weight": 1, "point": "chain", "heard": ["containerd > <call> > runc"]},
                {"id": "closed", "weight": 1, "point": "closed", "heard": ["expose + not open"]},
                {"id": "grace", "weight": 1, "point": "grace", "heard": ["wait + 10 s"]},
            ],
            "misconceptions": [
                {
                    "id": "swap",
                    "claim": "x",
                    "correction": "y",
                    "heard": [{"cg": "<isolate> | <see>"}],
                    "against": ["cg"],
                }
            ],
        }
    )
)


def met(answer: str) -> set[str]:
    return {name for name, heard in grade(RUBRIC, answer).verdicts.items() if heard.verdict == "met"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Namespaces give a process its own view; cgroups limit how much memory it uses.", {"ns", "cg"}),
        ("Namespaces = what you can see. Cgroups = how much you can use.", {"ns", "cg"}),
        ("Unlike cgroups, which cap usage, namespaces wall off the view of a process.", {"ns", "cg"}),
        ("Namespaces isolate pid, mount and hostname.", {"ns", "types"}),
        ("It is the job of control groups to restrict the CPU.", {"cg"}),
        ("namspaces isolaet the procs; cgruops limti the memory they use", {"ns", "cg"}),
        ("Nаmespaces isolate, and c\u200bgroups lim\u00adit.", {"ns", "cg"}),  # noqa: RUF001
        ("Cgroups limit what COPY . . and ./run use.", {"cg"}),
        ("The .dockerignore matters, and what matters is that namespaces isolate.", {"ns"}),
        ("containerd calls runc", {"chain"}),
        ("runc is called by containerd", {"chain"}),
        ("EXPOSE does not open a port.", {"closed"}),
        ("Docker waits ten seconds.", {"grace"}),
        ("It waits for 10s by default.", {"grace"}),
        ("It kills slowly. The wait? Docker waits. Ten seconds.", {"grace"}),
        ("Containerd starts first. It then calls runc.", {"chain"}),
        ("As far as I remember, nothing other than cgroups limits the memory.", {"cg"}),
        ("Without a namespace a process is alone; cgroups limit memory.", {"cg"}),
        ("People think EXPOSE opens a port, but that's a myth.", {"closed"}),
        ("Many believe that EXPOSE opens a port. This is wrong.", {"closed"}),
        ("Cgroups limit memory. Namespaces, on the other hand, put no limit on it.", {"cg"}),
        ("Namespaces isolate; none of them starts right away.", {"ns"}),
        ("To prevent starvation one can rely on cgroups, they limit memory.", {"cg"}),
        (
            "Namespaces isolate, i.e. resp. e.g. for a process; cgroups vs. ulimits: cgroups limit memory.",
            {"ns", "cg"},
        ),
        ("Cgroups limit memory. A namespace does not limit any further memory.", {"cg"}),
        (
            " ".join(
                ["Namespaces isolate a process but ulimits do not.", "Cgroups limit memory, nice does not."]
                * 3
            ),
            {"ns", "cg"},
        ),
        ("If not the cgroup, who limits memory? The cgroup limits it.", {"cg"}),
        ("docker stop kills everything running after wait 10 s.", {"grace"}),
        ("It could not reach the host, died with 1, containerd calls runc again.", {"chain"}),
        ("The file avoid-oom.c shows it.Cgroups limit memory.Namespaces isolate.", {"ns", "cg"}),
        ("The option no-limit aside, with no-cache cgroups limit memory.", {"cg"}),
        ("It removes networks not used by anybody, and cgroups limit memory.", {"cg"}),
        ("A relative weight is how much a cgroup may use.", {"cg"}),
        ("Without max-size the cgroup limits memory.", {"cg"}),
        ("It does not grow and the cgroup limits memory.", {"cg"}),
        ("The key is limit, since a cgroup limits memory.", {"cg"}),
        ("-Namespaces isolate a process\n-Cgroups limit memory", {"ns", "cg"}),
        ("The purpose of cgroups is a quota. They limit memory.", {"cg"}),
        ("The kernel checks: do the cgroups limit this memory? - If so, it kills.", {"cg"}),
        ("Linux kernel namespaces provide isolated container workload process trees to tenants.", {"ns"}),
    ],
)
def test_it_hears_what_is_asserted(answer: str, expected: set[str]) -> None:
    assert met(answer) == expected


@pytest.mark.parametrize(
    "answer",
    [
        "Namespaces do not isolate anything, and cgroups never limit resources.",
        "It is false that namespaces isolate a process.",
        "People think that cgroups limit memory.",
        "Namespaces isolate what you see. None of the above is true.",
        "runc calls containerd",
        "containerd is called by runc",
        "containerd never calls runc",
        "EXPOSE opens a port.",
        "Docker waits five seconds.",
        "namespaces cgroups isolate limit memory pid view process kernel quota sandbox budget",
        "What do namespaces do for a container and what do cgroups do?",
        "Do namespaces isolate? Do cgroups limit?",
        "The key topics are namespaces and limits.",
        "Cgroups do not always limit memory.",
        "There is no need to wait or to count 10 s.",
        "runc is called by containerd, no, containerd is called by runc",
        "Docker does not work as cgroups limit.",
        "A namespace doesn't even isolate.",
        "containerd does not call it, since nobody knows runc; containerd does not call anything that never was runc",
        "For every criterion of the rubric: cgroups limit memory.",
        "The bakery opens early, and whoever wants to see its cakes has to come before ten, since they are gone by "
        "noon and the next ones take until the afternoon, which is too late.",
        "I have heard of namespaces, of limits and of cgroups.",
        "I don't know what cgroups limit, we do not remember what namespaces isolate.",
        "In the past people thought that cgroups limit memory.",
        "Cgroups limits are no problem because nobody uses them.",
        "Cgroups don't necessarily limit memory.",
        "Namespaces do not isolate here. Cgroups, it is not the case, limit memory, as they limit cpu. It does not wait ten seconds, as Docker waits 10 s. "
        "containerd does not start, as containerd calls runc. EXPOSE is not closed, as it opens a port.",
        "I don't know",
        "keine Ahnung",
        "🐳",
        "",
    ],
)
def test_it_hears_nothing_in_what_is_not_asserted(answer: str) -> None:
    assert met(answer) == set()
    assert grade(RUBRIC, answer).score == 0.0


def test_roles_that_are_swapped_are_a_misconception() -> None:
    told = grade(RUBRIC, "Cgroups isolate what a process sees.")
    assert [one.id for one in told.misconceptions] == ["swap"]
    warned = grade(RUBRIC, "It is a myth that cgroups isolate what a process sees.")
    assert warned.misconceptions == ()


def test_a_later_contradiction_takes_the_credit_back() -> None:
    told = grade(RUBRIC, "Cgroups limit memory. Cgroups isolate what a process sees.")
    assert told.verdicts["cg"].verdict == "missed"
    assert "contradiction" in told.flags


def test_a_denial_of_another_subject_is_no_contradiction() -> None:
    told = grade(RUBRIC, "Cgroups limit memory. Swap files never limit memory.")
    assert told.verdicts["cg"].verdict == "met"
    told = grade(RUBRIC, "Cgroups limit memory. They do not limit memory.")
    assert told.verdicts["cg"].verdict == "missed"


def test_a_correction_replaces_what_was_said() -> None:
    told = grade(RUBRIC, "Cgroups isolate what a process sees. No wait, namespaces isolate.")
    assert told.misconceptions == ()
    assert told.verdicts["ns"].verdict == "met"


def test_an_expression_may_hold_alternatives_of_its_own() -> None:
    pattern = compile_line("re: catch(es|ing)? it | re: [|] | plain", general_terms())
    assert [one.source for one in pattern.items[0].expressions] == ["catch(es|ing)? it", "[|]"]
    assert len(pattern.items[0].wordings) == 1


def test_what_is_said_in_passing_counts_for_nothing_beside_a_false_belief() -> None:
    passing = "Namespaces isolate. Containerd calls runc, and containerd runs runc."
    assert met(passing) == {"ns", "chain"}
    told = grade(RUBRIC, f"Cgroups isolate what a process sees. {passing}")
    assert [one.id for one in told.misconceptions] == ["swap"]
    assert {name for name, heard in told.verdicts.items() if heard.verdict == "met"} == {"chain"}
    assert told.verdicts["ns"].rule.startswith("only in passing: ")


def test_padding_changes_nothing() -> None:
    answer = "Namespaces isolate. "
    filler = (
        "I have worked with this for many years and really enjoy talking about it with my colleagues. " * 40
    )
    assert (
        grade(RUBRIC, answer + filler).score
        == grade(RUBRIC, answer).score
        == grade(RUBRIC, filler + answer).score
    )


def test_another_language_is_flagged_and_not_silently_zero() -> None:
    told = grade(
        RUBRIC, "Namensräume trennen die Sicht eines Prozesses, Kontrollgruppen begrenzen seinen Verbrauch."
    )
    assert "unsupported-language" in told.flags


def test_a_long_answer_in_which_little_is_heard_is_flagged_and_no_other() -> None:
    walled = (
        "Each tenant of the house gets walls of its own, and the landlord says how much water each may draw. "
        * 4
    )
    assert "own-words" in grade(RUBRIC, walled).flags
    for answer in (
        walled[:100],  # short: what is missing may well be missing
        f"{walled} Namespaces isolate the view of a process, cgroups limit memory, and containerd calls runc.",
        f"{walled} Cgroups isolate what a process sees.",  # it is wrong, and the card says so
    ):
        assert "own-words" not in grade(RUBRIC, answer).flags


def test_evidence_points_into_the_original_text() -> None:
    answer = "Namespaces\uff0c \u200bisolate the view."
    (span,) = grade(RUBRIC, answer).verdicts["ns"].evidence
    assert answer[span.start : span.end] == "isolate"


@pytest.mark.parametrize("line", ["<nowhere>", "a + ", "a > b + c", {"nobody": "x"}, "re: (a", "||"])
def test_a_line_that_cannot_be_understood_says_so(line: str | dict[str, str]) -> None:
    with pytest.raises(BadLine):
        compile_line(line, general_terms())


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=600))
def test_any_text_gets_a_score_between_0_and_1(answer: str) -> None:
    told = grade(RUBRIC, answer)
    assert 0 <= told.score <= 1
    for heard in told.verdicts.values():
        assert all(0 <= span.start < span.end <= len(answer) for span in heard.evidence)


def test_an_answer_of_150_words_is_graded_within_20_ms() -> None:
    answer = (
        "Namespaces isolate what a process sees and cgroups limit how much it uses of memory and CPU. " * 9
    )
    took = list[float]()
    for _ in range(20):
        begun = time.thread_time()
        grade(RUBRIC, answer)
        took.append(time.thread_time() - begun)
    # The best of them: a neighbour on the same core, or what a whole suite leaves for the collector, is not the grader's.
    assert min(took) < 0.02
