"""Real processes that start at once: a parent that has imported everything forks them, and they can be killed like any other."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import aiohttp
import psutil

from interview_bot.load.processes import free_port

ROOT = Path(__file__).parents[2]
MODULES = (
    "interview_bot.cli", "interview_bot.graders.llm.model", "interview_bot.graders.llm.panel", "interview_bot.health.measures",
    "interview_bot.wiring.serving", "interview_bot.wiring.slack", "aiosqlite", "asyncpg", "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto", "tests.faults.writer",
)  # fmt: skip
"""What takes long to import; nothing is opened or connected by it."""


class Born:
    """A process that can be stopped in every way."""

    def __init__(self, pid: int) -> None:
        """Know it by its number; its parent collects it when it is dead."""
        self.process = psutil.Process(pid)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone: no chance to tidy up."""
        with suppress(psutil.NoSuchProcess):
            self.process.kill()
            self.process.wait(20)

    def freeze(self) -> None:
        """SIGSTOP: it is there, and does nothing."""
        self.process.suspend()

    def thaw(self) -> None:
        """SIGCONT."""
        self.process.resume()


class Bot(Born):
    """A whole bot, `interview-bot serve`, on a port."""

    def __init__(self, pid: int, port: int) -> None:
        """Know its process and its port."""
        super().__init__(pid)
        self.port = port

    @property
    def url(self) -> str:
        """Where Slack delivers."""
        return f"http://127.0.0.1:{self.port}/slack/events"


class Nursery:
    """The parent, as its tests see it."""

    def __init__(self, parent: subprocess.Popen[str]) -> None:
        """Speak with the parent."""
        self._parent = parent

    def bear(self, module: str, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
        """Run a module's `main` with this command line in this environment; the number of its process."""
        told = {"module": module, "arguments": list(arguments), "environment": dict(environment)}
        assert self._parent.stdin
        assert self._parent.stdout
        self._parent.stdin.write(json.dumps(told) + "\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())

    @asynccontextmanager
    async def bot(self, settings: Mapping[str, str]) -> AsyncGenerator[Bot]:
        """A bot that is ready; it is killed at the end of the block."""
        port = free_port()
        environment = {"INTERVIEW_BOT_PORT": str(port), **settings}
        bot = Bot(self.bear("interview_bot.cli", ["serve"], environment), port)
        try:
            async with aiohttp.ClientSession() as session, asyncio.timeout(20):
                while not await _ready(session, port):
                    assert bot.process.is_running(), "it did not even start"
                    await asyncio.sleep(0.02)
            yield bot
        finally:
            bot.kill()


async def _ready(session: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


@contextmanager
def nursery() -> Generator[Nursery]:
    """A parent that lives until the end of the block."""
    command = [sys.executable, "-m", "tests.faults.nursery"]
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TZ"}}
    with subprocess.Popen(
        command, cwd=ROOT, env=clean, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "ready\n"
        yield Nursery(parent)
        assert parent.stdin
        parent.stdin.close()


def main() -> None:
    """Be the parent: read what to run, fork, and say the number of the process."""
    for module in MODULES:
        __import__(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are collected by the system
    print("ready", flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(told["module"], told["arguments"], told["environment"])
        print(pid, flush=True)


def _live(module: str, arguments: list[str], environment: dict[str, str]) -> None:
    """Be the child, as if Python had just started it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    if "HEARD" not in environment:
        os.dup2(nowhere, 2)
    os.environ.update(environment)
    sys.argv = [module, *arguments]
    code = 1
    try:
        sys.modules[module].main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
