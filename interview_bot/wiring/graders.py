"""Which graders there are, by the settings of this process; heavy ones are imported when they are needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from interview_bot.core.errors import BadSetting, OperatorError
from interview_bot.core.ports import Grader
from interview_bot.settings import GraderName, Settings

if TYPE_CHECKING:
    from interview_bot.graders.llm.model import ModelGrader
    from interview_bot.graders.rubric import RubricGrader


class Graders:
    """The rubric, and a language model where one is set up."""

    def __init__(self, settings: Settings, new_id: Callable[[], str]) -> None:
        """Build from the settings; nothing connects before it is used."""
        self._settings = settings
        self._new_id = new_id

    @cached_property
    def rubric(self) -> RubricGrader:
        """The offline grader."""
        from interview_bot.graders.rubric import RubricGrader

        return RubricGrader()

    @cached_property
    def model(self) -> ModelGrader:
        """The language model.

        Raises:
            OperatorError: a setting is missing, or the packages that it needs are not installed.
        """
        settings = self._settings
        if not settings.model:
            raise BadSetting("INTERVIEW_BOT_MODEL is missing, expected the name of a language model")
        if settings.openai_api_key is None and settings.openai_base_url is None:
            raise BadSetting(
                "OPENAI_API_KEY is missing (or OPENAI_BASE_URL, for an endpoint that needs no key)"
            )
        try:
            from interview_bot.graders.llm.endpoint import Endpoint
            from interview_bot.graders.llm.model import ModelGrader
        except ModuleNotFoundError as lost:
            raise OperatorError(
                f"The package {lost.name} is missing. Run: pip install 'interview-bot[llm]'"
            ) from None
        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
        prices = (settings.model_price_in, settings.model_price_out)
        return ModelGrader(Endpoint(settings.model, key, settings.openai_base_url, *prices), self._new_id)

    def named(self, name: GraderName) -> Grader:
        """A grader for interviews: it falls back to the rubric and never fails.

        Raises:
            OperatorError: the model cannot be used at all.
        """
        if name == "rubric":
            return self.rubric
        model = self.model
        from interview_bot.graders.llm.panel import Panel

        return Panel(self.rubric, model, beside=name == "panel")

    def for_a_run(self, name: GraderName, *, falls_back: bool = True) -> Grader:
        """A grader for one run of the command line, which may cost what a team's day may.

        Raises:
            OperatorError: the model cannot be used at all.
        """
        if name == "rubric":
            return self.rubric
        model = self.model
        from interview_bot.graders.llm.panel import Capped, Panel

        capped = Capped(model, self._settings.model_budget)
        return Panel(self.rubric, capped, beside=name == "panel", falls_back=falls_back)

    async def close(self) -> None:
        """Close what was opened."""
        if "model" in self.__dict__:
            await self.model.close()
