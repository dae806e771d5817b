"""Real processes that start at once: one that has imported everything forks them, and they can be killed like any other.

The programs' own start, with all its imports, is what `tests/test_cli.py` starts.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import mkdtemp

import psutil

from interview_bot.core.errors import OperatorError
from interview_bot.load.processes import free_port, healthy

ROOT = Path(__file__).parents[1]
LEAVES_WITHIN = 15.0
"""The ten seconds that are promised, and what other tests on the same cores add."""
IMPORTED = (
    "tests.processes", "interview_bot.cli.bank", "interview_bot.cli.interview", "interview_bot.cli.measure",
    "interview_bot.cli.operate", "interview_bot.bot", "interview_bot.graders.llm.endpoint", "interview_bot.graders.llm.model",
    "interview_bot.graders.llm.panel", "interview_bot.health.measures", "interview_bot.pictures.paint",
    "interview_bot.storage.migrate", "interview_bot.wiring.discord", "interview_bot.wiring.serving", "interview_bot.wiring.slack",
    "aiosqlite", "asyncpg", "uvicorn.loops.auto", "uvicorn.protocols.http.auto",
)  # fmt: skip
"""What takes long to import; nothing is opened or connected by it."""

_forks = get_context("forkserver")
_forks.set_forkserver_preload(list(IMPORTED))


class Running:
    """A process that somebody started, as far as tests ask."""

    def __init__(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], typed: str
    ) -> None:
        """Run a module's `main` with this command line, in this environment and no other, with this on standard input."""
        self._place = Path(mkdtemp(prefix="interview-bot-process-"))
        self._said: tuple[str, str] | None = None
        (self._place / "0").write_text(typed, encoding="utf-8")
        told = (module, tuple(arguments), dict(environment), str(self._place))
        self._process = _forks.Process(
            target=_live, args=told, daemon=True
        )  # ended with the tests at the latest
        self._process.start()
        assert self._process.pid
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code; the negative number of the signal that ended it; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def memory(self) -> int:
        """The bytes that it holds in memory."""
        return psutil.Process(self.pid).memory_info().rss

    def end(self) -> int:
        """Its exit code, when it has ended."""
        self._process.join()
        self._said = self.said()
        shutil.rmtree(self._place, ignore_errors=True)
        assert self.returncode is not None
        return self.returncode

    async def wait(self) -> int:
        """Its exit code, when it has ended."""
        return await asyncio.to_thread(self.end)

    async def left(self) -> int:
        """Its exit code, when it has left in order, as it was told to."""
        async with asyncio.timeout(LEAVES_WITHIN):
            return await self.wait()

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone: no chance to tidy up."""
        self.send_signal(signal.SIGKILL)
        await self.wait()

    def said(self) -> tuple[str, str]:
        """What it wrote so far, to standard output and to standard error."""
        if self._said:
            return self._said
        out, error = ((self._place / name).read_text(encoding="utf-8") for name in "12")
        return out, error


def start(
    *arguments: str, environment: Mapping[str, str], typed: str = "", module: str = "interview_bot.cli"
) -> Running:
    """Start our command line, or another module's `main`."""
    return Running(module, arguments, environment, typed)


class Bot:
    """A whole bot, `interview-bot serve`, on a port."""

    def __init__(self, process: Running, port: int) -> None:
        """Know its process and its port."""
        self.process = process
        self.port = port

    @property
    def url(self) -> str:
        """Where Slack delivers."""
        return f"http://127.0.0.1:{self.port}/slack/events"

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        await self.process.kill()

    async def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.process.left()


@asynccontextmanager
async def start_bot(
    settings: Mapping[str, str], *options: str, ready: bool = True, module: str = "interview_bot.cli"
) -> AsyncGenerator[Bot]:
    """A bot that is ready (or was only started); it is killed at the end of the block."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "INTERVIEW_BOT_PORT": str(port), **settings}
    running = Bot(start("serve", *options, environment=environment, module=module), port)
    try:
        if ready:
            try:
                async with asyncio.timeout(20):
                    await healthy(f"http://127.0.0.1:{port}", lambda: running.process.returncode)
            except (OperatorError, TimeoutError) as error:
                raise AssertionError(f"not ready; it said {running.process.said()}") from error
        yield running
    finally:
        await running.process.kill()


def _live(module: str, arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
    """Be the process, as if Python had just started it."""
    os.setsid()
    for number, flags in enumerate((os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)):
        opened = os.open(f"{folder}/{number}", flags)
        os.dup2(opened, number)
        os.close(opened)
    for stream, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        setattr(sys, stream, os.fdopen(os.dup(number), mode, encoding="utf-8"))
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = [module, *arguments]
    import_module(module).main()
