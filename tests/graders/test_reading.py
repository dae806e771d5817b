"""Ordinary English as candidates write it: what a sentence asserts, denies, reports, asks and takes back."""

import pytest

from interview_bot.core.questions import Question
from interview_bot.graders.rubric import RubricGrader

GRADER = RubricGrader()


def heard(line: str, answer: str, **criterion: object) -> str:
    """The verdict on one line."""
    told = {"id": "c", "weight": 1, "point": "p", **({"heard": [line]} if line else {}), **criterion}
    other = {"id": "d", "weight": 1, "point": "q", "heard": ["zebra + quagga"]}
    question = Question.model_validate(
        {"slug": "x", "prompt": "What is it?", "reference": "r", "criteria": [told, other]}
    )
    return GRADER.grade_now(question, answer).verdicts["c"].verdict.value


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        # a condition ends where a new noun takes up the main clause
        ("kernel + kill*", "If it does not free memory the kernel kills the process."),
        ("oom killer + end*", "If that is not enough the OOM killer ends the process."),
        # "no" as an answer
        ("share* + kernel", "No - it shares the kernel of the host."),
        ("share* + kernel", "No – it shares the kernel of the host."),
        ("wast* + space", "no cache = wasted space"),
        # what is recalled and then said
        ("layer* + immutable", "I've read about this, layers are immutable."),
        ("layer* + immutable", "I have heard of that - layers are immutable once built."),
        ("not run + root", "The most important thing is not to run as root."),
        ("small* + image", "What is important is that the image is smaller."),
        # signs of the shell
        ("exit code + keep*", "The shell keeps the exit code in $?. That is all."),
        ("stay* down", "With --restart=no the container stays down."),
        # careful, and an answer all the same
        ("--platform", "Pass --platform linux/amd64 to the build."),
        ("cache*", "Skip the cache with --no-cache and build again."),
        ("share* + kernel", "I don't know exactly but it shares the kernel."),
        ("share* + kernel", "Not sure, but containers share the kernel with the host."),
        # a statement that asks to be agreed with
        ("share* + kernel", "It shares the kernel, right?"),
        ("share* + kernel", "Containers share the kernel of the host, does that make sense?"),
        ("share* + kernel", "Containers share the host kernel, don't they?"),
        ("client + daemon", "The client talks to the daemon and not the other way round."),
        # "not" that adds instead of denying
        ("fast*", "It is not only faster but smaller."),
        ("fast*", "not just faster, it is smaller too"),
        ("root + bind*", "Nothing except root can bind low ports."),
        # short forms
        ("root + daemon", "You can't start it w/o root b/c the daemon runs as root."),
        # what is denied ends where the reason begins, or what is not hindered
        ("stay* + layer", "Deleting it later doesn't help as it stays in the layer."),
        ("kill* + process", "The limit does not stop the kernel from killing the process."),
        # denied twice
        ("restart* + daemon", "You can't do it without restarting the daemon."),
        ("restart* + daemon", "It isn't possible without restarting the daemon."),
        ("restart* + daemon", "Don't forget to restart the daemon."),
        ("restart* + daemon", "There is no way around a restart of the daemon."),
        ("dns + resolv*", "Without the embedded DNS, containers couldn't resolve names."),
        ("document*", "EXPOSE does nothing but document the port."),
        ("document*", "EXPOSE does not publish anything and is merely documentation."),
        ("signal* + ignor*", "Signals that have no handler are ignored by pid 1."),
        ("alpine + wheel*", "Alpine does not use glibc and the wheels break."),
        ("not fewer layers | not smaller", "People think fewer layers means smaller, but that's a myth."),
        ("share* + kernel", "There is no doubt that they share the kernel."),
        ("share* + kernel", "It's no secret that they share the kernel."),
        ("10", "Not sure but I think 10."),
        ("latency + controller", "There is increased latency because of controller involvement."),
        ("attack + fatal", "A minus is that an attack upon the controller is fatal."),
        ("controller + overload", "Drawbacks: -Controller overload. -Many messages"),
        ("partition* + require*", "It runs without doing work • Partitioning – requires a scheme"),
        ("keep* + track", "It does not match any table and keeps track of the others."),
        ("kernel + kill*", "If the limit is not respected the kernel kills it."),
        ("share* + kernel", "I don't remember the name, but it shares the kernel."),
        ("share* + kernel", "It shares the kernel right?"),
        ("share* + kernel", "It shares the kernel - does that make sense?"),
        ("client + daemon", "The client talks to the daemon, or the other way round."),
        # what comes after a denial, and is not denied
        ("throttl*", "Instead of killing it the kernel throttles the process."),
        ("share* + kernel", "Contrary to what people say, they share the kernel."),
        ("share* + kernel", "Many think containers are light VMs, in fact they share the kernel."),
        ("share* + kernel", "Most developers think containers are light VMs, in fact they share the kernel."),
        ("slow*", "People think QEMU is as fast as native, it isn't: it is about ten times slower."),
        ("share* + kernel", "They don't only share the kernel."),
        ("not only cpu", "It is not only the CPU."),
        ("alone", "Namespaces let processes believe that they are alone."),
        ("fast*", "Nothing is as fast as a warm cache."),
        ("fast*", "It couldn't be faster."),
        ("not root", "It runs as a non-root user."),
        ("share* + kernel", "They dont boot anything they just share the hosts kernel."),
        ("share* + kernel", "They dont have a kernel they share the kernel of the host."),
        ("share* + kernel", "They share no more than the kernel."),
        ("share* + kernel", "As opposed to VMs they share the kernel."),
        ("share* + kernel", "A container isn't a VM and shares the kernel."),
        ("container* + die*", "Don't ctrl-c in attach or your container dies."),
        ("proxy + not involv*", "The userland proxy isn't involved here."),
        ("manifest > config", "pull -> GET manifest -> index? pick amd64 -> GET config"),
        # two words written as one
        ("read only", "The layers are readonly."),
        ("pid 1", "It runs as PID1 in there."),
        ("cgroup v2", "It needs cgroupv2 for that."),
        ("stop + accept*", "It stops accepting requests first."),
        # small words stand near another item, whichever is looked for first
        ("image + only + executable", "Only the executable file is in the end image."),
        # a question that is quoted, or told as what is looked for
        ("call* + kubelet", 'They are the calls of the kubelet: "stop", "what runs there?"'),
        ("ss + address", "docker exec c ss -ltn: which address, which port?"),
        # words that name nothing
        ("tie* + loopback", "In plain terms it is tied to the loopback address."),
        ("volume + uploads", "I use a volume for uploads, for everything which is important."),
        ("--init", "You'd use --init for this. But sorry, the question."),
        ("/etc/hosts", "Docker writes it to /etc/hosts there."),
        # what is open, past or impossible ends where somebody goes on
        ("nobody knows + running", "Nobody knows what is running there, and a rollback is not possible."),
        (
            "wait* + between",
            "I don't know the details, there's some waiting between the tries as far as I can tell.",
        ),
        ("containerd + runc", "Well, it used to, now it's containerd and then runc."),
        ("limit + run*", "Never run it without a limit."),
        ("not necessarily newest", "Contrary to its name latest isn't necessarily the newest."),
        ("depend* + docker", "Containers depend on Docker, the other way round not."),
        ("enabled > default", "User namespaces are enabled by default."),
        ("persistent volume", "The most important thing is a persistent volume."),
        ("host + resolve*", "Paths are resolved on the host. Sorry, off topic."),
        # a filler takes nothing back
        ("noth* + limit*", "Well, nothing is limited. I mean, by default."),
        # where a condition ends that begins with "nothing"
        ("cache + reuse*", "If nothing changed the cache is reused."),
        ("stop* + loop", "I stop the loop first, since exec is not possible meanwhile."),
        # what is from something, and what is kept from happening
        ("keep* + layer*", "Docker keeps the layers from previous builds."),
        ("kill* + process", "The limit does not keep the kernel from killing the process."),
        # `-P` publishes all ports, `-p` one
        ("-P", "docker run -P nginx publishes all of them."),
    ],
)
def test_it_is_asserted(line: str, answer: str) -> None:
    assert heard(line, answer) == "met"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("share* + kernel", "The question is: do containers share the kernel?"),
        ("share* + kernel", 'Someone asked me "do containers share the kernel?" once.'),
        ("data + gone", "Many colleagues confuse it and think that the data is gone."),
        ("container sizes", "The containers stay small."),
        ("copy + whole image", "It is pointless to copy the whole image."),
        ("copy + whole image", "There's no sense in copying the whole image."),
        ("copy + whole image", "It saves copying the whole image."),
        ("copy + whole image", "Docker is too clever to copy the whole image."),
        ("copy + whole image", "Copying the whole image is avoided."),
        ("copy + whole image", "One could expect it to copy the whole image."),
        ("signal + reach*", "The signal seldom reaches the app."),
        ("signal + reach*", "The shell keeps the signal from reaching the app."),
        ("container + own kernel", "Don't assume that a container has its own kernel."),
        ("container + own kernel", "You'd think a container has its own kernel."),
        ("only | just + development", "Compose is not only for development."),
        ("container + own kernel", "People keep telling me that a container has its own kernel."),
        ("container + own kernel", "It's wrong to think a container has its own kernel."),
        ("container + own kernel", "Some colleagues still think a container has its own kernel."),
        ("container + own kernel", "The author was convinced a container has its own kernel."),
        ("container + own kernel", "It is tempting to think that a container has its own kernel."),
        ("container + own kernel", "A container has its own kernel, but that is a myth."),
        ("container + own kernel", "That a container has its own kernel is a myth."),
        ("container + own kernel", "People think a container has its own kernel, but that's false."),
        ("podman + run*", "Podman running containers is not possible."),
        ("share* + kernel", "Do containers share the host kernel?"),
        ("share* + kernel", "I don't know, do they share the kernel?"),
        ("tini > reap*", "tini is reaped by the app."),
        ("share* + kernel", "I doubt that they share the kernel."),
        ("container + own kernel", "It's easy to assume a container has its own kernel."),
        ("container + own kernel", "A container has its own kernel, which is a myth."),
        ("-P", "docker run -p 8080:80 nginx publishes one."),
        ("share* + kernel", "They stopped sharing the kernel."),
        ("container + own kernel", "Containers are said to have their own kernel but they don't."),
        ("root", "It runs as non-root."),
        ("convert* + image*", "Converting images isn't needed."),
        ("secure", "It is anything but secure."),
        ("share* + kernel", "There's no such thing as a shared kernel."),
        ("limit + not appl*", "That doesn't mean the limit wasn't applied."),
        ("mov* + rule", "Moving the rule up wouldn't change anything."),
        ("mov* + rule", "Moving the rule up makes no difference."),
        ("share* + kernel", "Kernel sharing doesn't happen."),
        ("share* + kernel", "I disagree that they share the kernel."),
        ("share* + kernel", "They used to share the kernel, but not anymore."),
        ("share* + kernel", "I don't think they share the kernel."),
        ("share* + kernel", "The kernel is not something they share."),
        ("share* + kernel", "Pass."),
        ("kernel", "Skip this question"),
        # nothing that something is done to
        ("exec + start* + process", "exec starts nothing, it joins the main process."),
        ("open* + port", "EXPOSE opens nothing; the port stays closed."),
        ("stop* + container", "There is no reason why it should stop the container."),
        ("root + limit", "Without root it runs, but it could not set a limit."),
        ("root + run*", "It works w/o root, and runs."),
        ("restart* + daemon", "It does so without restarting the daemon."),
        ("share* + kernel", "They share everything except the kernel."),
        ("share* + kernel", "They share all but the kernel."),
        ("share* + kernel", "They used to share the kernel."),
    ],
)
def test_it_is_not_asserted(line: str, answer: str) -> None:
    assert heard(line, answer) == "missed"


def test_half_a_point_may_stand_beside_groups_that_are_counted() -> None:
    groups = {
        "any": 3,
        "of": {"pid": "pid", "net": "network", "mnt": "mount"},
        "partly": ["isolat* + process*"],
    }
    assert heard("", "They isolate the pid, the network and every mount.", **groups) == "met"
    assert heard("", "They isolate processes from each other.", **groups) == "partial"
    assert heard("", "They limit memory.", **groups) == "missed"


def test_one_of_several_things_that_is_taken_back_does_not_count() -> None:
    groups = {"any": 2, "of": {"pid": "pid", "net": "network"}}
    assert heard("", "They isolate the pid and the network.", **groups) == "met"
    assert (
        heard("", "They isolate the pid and the network. They do not isolate the network.", **groups)
        == "partial"
    )


def test_the_words_that_are_quoted_are_those_that_say_most() -> None:
    told = {"id": "c", "weight": 1, "point": "p", "heard": ["layer*", "layer* + read only"]}
    question = Question.model_validate({"slug": "x", "prompt": "?", "reference": "r", "criteria": [told]})
    answer = "An image has layers, because it does. Its layers are read only."
    ((start, end),) = GRADER.grade_now(question, answer).verdicts["c"].evidence
    assert answer[start:end] == "layers are read only"


@pytest.mark.parametrize(
    ("line", "answer", "verdict"),
    [
        ("re: lay[)(|]ers | kernel", "They share the kernel.", "met"),
        ("re: lay[)(|]ers | kernel", "It has lay|ers on top.", "met"),
        ("re: (?:pid|process) ?1|init", "It starts as init there.", "met"),
        ("re: \\(1\\)|init | kernel", "They share the kernel.", "met"),
    ],
)
def test_an_expression_ends_where_a_bar_stands_between_spaces(line: str, answer: str, verdict: str) -> None:
    assert heard(line, answer) == verdict


def test_a_comparison_is_said_of_what_comes_first() -> None:
    line: dict[str, object] = {"heard": [{"container": "safer"}]}
    told = {"id": "c", "weight": 1, "point": "p", **line}
    question = Question.model_validate(
        {
            "slug": "x",
            "prompt": "?",
            "reference": "r",
            "terms": {"container": "container*"},
            "criteria": [told],
        }
    )
    assert GRADER.grade_now(question, "VMs are safer than containers.").score == 0
    assert GRADER.grade_now(question, "Containers are safer than VMs.").score == 1
