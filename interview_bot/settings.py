"""Everything that can be set from outside, and the only reader of the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from interview_bot.core.errors import BadSetting

GraderName = Literal["rubric", "llm", "panel"]
Role = Literal["all", "web", "worker", "gateway"]


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
        "127.0.0.1",
        validation_alias=AliasChoices("INTERVIEW_BOT_HOST"),
        description="Where HTTP listens: health and measures, and Slack over HTTP.",
    )
    port: int = Field(
        3000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("INTERVIEW_BOT_PORT"),
        description="The port of HTTP.",
    )
    role: Role = Field(
        "all",
        validation_alias=AliasChoices("INTERVIEW_BOT_ROLE"),
        description="What a process of `serve` does: `web` listens over HTTP, `gateway` keeps connections to Slack (Socket Mode) "
        "and Discord, `worker` grades and sends, `all` does everything. Any number of each over one PostgreSQL.",
    )
    otlp_endpoint: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="An OpenTelemetry collector's base address for OTLP over HTTP, such as http://localhost:4318; traces go there.",
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
    slack_client_id: str | None = Field(
        None,
        validation_alias=AliasChoices("SLACK_CLIENT_ID"),
        description="With it any workspace can install the app at `/slack/install`, in place of SLACK_BOT_TOKEN; over HTTP only.",
    )
    slack_client_secret: SecretStr | None = Field(
        None, validation_alias=AliasChoices("SLACK_CLIENT_SECRET"), description="Goes with SLACK_CLIENT_ID."
    )
    token_keys: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("INTERVIEW_BOT_TOKEN_KEYS"),
        description="Seals workspaces' tokens in the database: keys of 32 bytes in URL-safe base64, with commas between; "
        "the first seals, all open. Wanted with SLACK_CLIENT_ID.",
    )
    slack_api_url: str = Field(
        "https://slack.com/api/",
        validation_alias=AliasChoices("SLACK_API_URL"),
        description="The Web API's base address.",
    )
    slack_messages_a_second: float = Field(
        1.0,
        gt=0,
        le=100,
        validation_alias=AliasChoices("SLACK_MESSAGES_A_SECOND"),
        description="Messages in one channel after the first three of a while; Slack asks for 1, and refuses more for long.",
    )
    discord_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("DISCORD_TOKEN"),
        description="The bot's token on Discord; with it `serve` serves Discord too.",
    )
    discord_message_content: bool = Field(
        False,
        validation_alias=AliasChoices("DISCORD_MESSAGE_CONTENT"),
        description="Whether plain replies in threads are read; wants the privileged Message Content intent. The Answer button, "
        "commands and direct messages need no privilege.",
    )
    discord_shards: int | None = Field(
        None,
        ge=1,
        validation_alias=AliasChoices("DISCORD_SHARDS"),
        description="Into how many shards the bot's servers are divided, the same for every process; as many as Discord advises "
        "if unset.",
    )
    discord_api_base: str = Field(
        "https://discord.com/api/v10",
        validation_alias=AliasChoices("DISCORD_API_BASE"),
        description="The base address of Discord's REST interface.",
    )
    discord_gateway_url: str = Field(
        "wss://gateway.discord.gg/",
        validation_alias=AliasChoices("DISCORD_GATEWAY_URL"),
        description="The address of Discord's gateway.",
    )

    grader: GraderName | None = Field(
        None,
        validation_alias=AliasChoices("INTERVIEW_BOT_GRADER"),
        description="Who grades: `rubric` (offline), `llm` (a language model, the rubric where it fails) or `panel` (both); "
        "if unset, `panel` once a key and a model are set, else `rubric`.",
    )
    model: str | None = Field(
        None,
        validation_alias=AliasChoices("INTERVIEW_BOT_MODEL"),
        description="The language model's name, as its endpoint calls it; for `llm` and `panel`.",
    )
    model_budget: float = Field(
        1.0,
        ge=0,
        allow_inf_nan=False,
        validation_alias=AliasChoices("INTERVIEW_BOT_MODEL_BUDGET"),
        description="US dollars that a team's answers may cost in one UTC day, and so may one run of `grade` or `benchmark`; "
        "the rubric grades what comes after.",
    )
    model_price_in: float = Field(
        5.0,
        ge=0,
        allow_inf_nan=False,
        validation_alias=AliasChoices("INTERVIEW_BOT_MODEL_PRICE_IN"),
        description="What the model costs, in US dollars per million tokens read; the default is high on purpose, set your model's.",
    )
    model_price_out: float = Field(
        25.0,
        ge=0,
        allow_inf_nan=False,
        validation_alias=AliasChoices("INTERVIEW_BOT_MODEL_PRICE_OUT"),
        description="The same per million tokens written.",
    )
    openai_api_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("OPENAI_API_KEY"),
        description="The key of the language model's endpoint; not needed where OPENAI_BASE_URL is set and asks for none.",
    )
    openai_base_url: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        validation_alias=AliasChoices("OPENAI_BASE_URL"),
        description="Any OpenAI-compatible endpoint, such as http://localhost:8080/v1; OpenAI's own if unset.",
    )

    keep_days: int = Field(
        180,
        ge=0,
        validation_alias=AliasChoices("INTERVIEW_BOT_KEEP_DAYS"),
        description="The words of answers are deleted so many days after their interview began (grades and points stay); 0 keeps them for ever.",
    )

    def grader_name(self) -> GraderName:
        """Who grades in interviews: as set, else the panel where there is a key and a model, else the rubric alone."""
        return self.grader or ("panel" if self.openai_api_key and self.model else "rubric")

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
