"""A question, answers with what is true of them, and graders in front of the fake endpoint."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from interview_bot.core.questions import Question
from interview_bot.graders.llm.endpoint import Endpoint, Patience
from interview_bot.graders.llm.model import ModelGrader
from interview_bot.graders.llm.panel import Panel
from interview_bot.graders.rubric import RubricGrader
from tests.fakes.openai import KEY, Asked, FakeOpenAI, Json, reply, serving

HASTY = Patience(
    for_a_try=0.6, for_all=1.5, retries=1, before_a_retry=0.01, retry_after=0.05, failures=3, rest=60.0
)
"""For what is about waiting."""
STEADY = HASTY._replace(for_a_try=10.0, for_all=20.0)
"""For all else: a busy machine may take a second to answer."""

QUESTION = Question.model_validate(
    {
        "slug": "container-or-vm",
        "track": "docker",
        "topic": "principles",
        "prompt": "How does a container differ from a virtual machine, and when would you still choose the VM?",
        "reference": "Containers share the kernel of the host. A virtual machine boots a kernel of its own on a hypervisor. "
        "So containers start in a second and use less memory. A VM isolates untrusted tenants better.",
        "terms": {"container": "container | containers", "vm": "vm | vms | virtual machine | virtual machines"},
        "criteria": [
            {"id": "kernel", "weight": 3, "point": "Containers run on the host's kernel; a VM boots a kernel of its own.",
             "probe": "What runs below the processes in each of them?",
             "heard": ["share + host kernel | kernel", "vm: boot | own + kernel"], "partly": ["kernel"]},
            {"id": "light", "weight": 2, "point": "Containers start faster and need less memory and disk.",
             "heard": ["start | boot + fast | second | quick", "less | little + memory | disk"]},
            {"id": "choose", "weight": 2, "point": "A VM for untrusted tenants, another operating system or kernel modules.",
             "heard": ["vm + untrusted | tenant | windows | module"]},
            {"id": "how", "weight": 1, "point": "Namespaces and cgroups make the container, a hypervisor the VM.",
             "heard": ["namespace | cgroup | hypervisor"]},
        ],
        "misconceptions": [
            {"id": "own-kernel", "claim": "Each container boots a kernel of its own.",
             "correction": "All containers share the host's kernel.", "heard": [{"container": "boot | own + kernel"}],
             "against": ["kernel"]},
            {"id": "light-vm", "claim": "A container is a lightweight virtual machine.",
             "correction": "It is a process with namespaces and cgroups.", "heard": ["container + lightweight <vm>"]},
        ],
        "hints": ["Think of what boots and what does not.", "Who is below the process in each case?"],
    }
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """An answer, and what an honest listener hears in it."""

    answer: str
    heard: dict[str, tuple[str, str]] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    def told(self, asked: Asked) -> Json:
        """The honest reply."""
        return reply(asked, self.heard, self.wrong)


GOOD = Truth(
    "Containers share the kernel of the host, a VM boots its own on a hypervisor. That is why containers start in about a "
    "second and take little memory. I would still use a VM for untrusted tenants.",
    {
        "kernel": ("met", "Containers share the kernel of the host"),
        "light": ("met", "containers start in about a second and take little memory"),
        "choose": ("met", "I would still use a VM for untrusted tenants"),
        "how": ("partial", "a VM boots its own on a hypervisor"),
    },
)
HALF = Truth(
    "They all sit on one and the same kernel, that of the machine below. I am not sure about the rest.",
    {"kernel": ("partial", "They all sit on one and the same kernel")},
)
TERSE = Truth("Containers: shared kernel.", {"kernel": ("partial", "Containers: shared kernel.")})
WRONG = Truth(
    "A container is a lightweight virtual machine, and each container boots its own kernel, only smaller. It starts in a second and is small.",
    {"light": ("partial", "It starts in a second and is small")},
    {
        "own-kernel": "each container boots its own kernel",
        "light-vm": "A container is a lightweight virtual machine",
    },
)
OVERRATED = Truth(
    "Some people would share anything, even the host kernel. I know VMs well, Windows and untrusted tenants on them too, "
    "and starting with containers took me a second try.",
)
"""The rubric hears more in this than there is."""
BESIDE = Truth(
    "I like them a lot, and my team moved everything over last summer, which took us about three months."
)
GERMAN = Truth(
    "Container teilen sich den Kernel des Hosts, eine virtuelle Maschine startet ihren eigenen Kernel auf einem Hypervisor.",
    {"kernel": ("met", "Container teilen sich den Kernel des Hosts")},
)
TRUTHS = {
    "good": GOOD,
    "half": HALF,
    "terse": TERSE,
    "wrong": WRONG,
    "overrated": OVERRATED,
    "beside": BESIDE,
    "german": GERMAN,
}


@asynccontextmanager
async def model_grader(
    fake: FakeOpenAI, patience: Patience = STEADY, **prices: Any
) -> AsyncGenerator[ModelGrader]:
    """A grader that asks the fake endpoint, which is not serving yet."""
    async with serving(fake):
        grader = ModelGrader(Endpoint("test-model", KEY, fake.url, **prices), lambda: uuid4().hex, patience)
        try:
            yield grader
        finally:
            await grader.close()


@asynccontextmanager
async def panel(fake: FakeOpenAI, patience: Patience = STEADY, **prices: Any) -> AsyncGenerator[Panel]:
    """The rubric and the fake endpoint's model side by side."""
    async with model_grader(fake, patience, **prices) as model:
        yield Panel(RubricGrader(), model)
