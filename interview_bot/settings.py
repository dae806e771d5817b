"""Everything that can be set from outside, and the only reader of the environment."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from interview_bot.core.errors import BadSetting


class Settings(BaseSettings):
    """The settings, from the environment or a `.env` file in the working directory."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    database_url: str | None = Field(
        None,
        validation_alias=AliasChoices("INTERVIEW_BOT_DATABASE_URL"),
        description="Where everything is kept: postgresql://... or sqlite:///...; a file in the user's data folder if unset.",
    )
    questions: Path | None = Field(
        None,
        validation_alias=AliasChoices("INTERVIEW_BOT_QUESTIONS"),
        description="A folder of question files.",
    )
    host: str = Field(
        "127.0.0.1", validation_alias=AliasChoices("INTERVIEW_BOT_HOST"), description="Where HTTP listens."
    )
    port: int = Field(
        3000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("INTERVIEW_BOT_PORT"),
        description="The port of HTTP.",
    )
    slack_bot_token: SecretStr | None = Field(
        None, validation_alias=AliasChoices("SLACK_BOT_TOKEN"), description="The bot's token, xoxb-..."
    )
    slack_app_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("SLACK_APP_TOKEN"),
        description="The app's token for Socket Mode, xapp-...",
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("SLACK_SIGNING_SECRET"),
        description="Proves that HTTP requests are Slack's.",
    )
    slack_api_url: str = Field(
        "https://slack.com/api/",
        validation_alias=AliasChoices("SLACK_API_URL"),
        description="The Web API's base address.",
    )

    def database(self) -> str:
        """The database's URL: as set, or a file in the user's data folder."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{user_data_path('interview-bot', appauthor=False) / 'interview-bot.db'}"

    def question_folder(self) -> Path:
        """The folder of questions: as set, as shipped, or as it stands in the checkout."""
        if self.questions:
            return self.questions
        package = Path(__file__).resolve().parent
        shipped = package / "_data" / "questions"
        return shipped if shipped.is_dir() else package.parent / "questions"


def read_settings() -> Settings:
    """Read the settings.

    Raises:
        BadSetting: a variable is malformed; the text names it.
    """
    try:
        return Settings()  # pyright: ignore[reportCallIssue]  (the environment gives them)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadSetting(f"{first['loc'][0]}: {first['msg']}, got {first['input']!r}") from None
