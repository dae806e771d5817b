"""Who may speak to Slack when, on a clock that goes when it is told to."""

from itertools import pairwise

import pytest

from interview_bot.platforms.slack.manners import IN_A_CHANNEL, KEPT, Manners

BURST, EACH = 300, 0.2
"""Messages of one team at once, and seconds between them from then on."""


class Turns:
    """Messages of one team, each in a channel of its own."""

    def __init__(self) -> None:
        self.now = 100.0
        self.manners = Manners(lambda: self.now)

    def wait(self, who: int, channel: str | None = None) -> float:
        return self.manners.wait(who, "T1", "chat.postMessage", channel or f"C{who}")

    def use_up(self) -> None:
        assert not any(self.wait(-number) for number in range(1, BURST + 1))


def test_everybody_who_has_to_wait_is_given_a_turn_and_served_when_it_comes() -> None:
    team = Turns()
    team.use_up()
    told = [team.wait(number) for number in range(40)]
    assert told[0] == pytest.approx(EACH)
    assert [late - early for early, late in pairwise(told)] == pytest.approx([EACH] * 39)
    for number, seconds in enumerate(told):
        team.now = 100 + seconds
        assert team.wait(1_000 + number) > 0, "who comes later does not come before"
        assert team.wait(number) == 0
    assert team.wait(39) > EACH, "a turn is taken once"


def test_who_asks_again_keeps_the_turn() -> None:
    team = Turns()
    team.use_up()
    first = team.wait(1)
    assert [team.wait(2) for _ in range(5)] == [pytest.approx(2 * EACH)] * 5
    team.now += first - 0.0005
    assert team.wait(1) == 0, "clocks and databases round"


def test_a_turn_that_nobody_takes_is_forgotten() -> None:
    team = Turns()
    team.use_up()
    assert team.wait(1) > 0
    team.now += KEPT + 10
    team.use_up()
    assert team.wait(2) > 0
    assert team.wait(1) == pytest.approx(2 * EACH)


def test_a_channel_and_a_team_give_turns_of_their_own() -> None:
    team = Turns()
    assert [team.wait(number, "C") for number in range(3)] == [0, 0, 0]
    assert [team.wait(number, "C") for number in (3, 4)] == [IN_A_CHANNEL, 2 * IN_A_CHANNEL]
    assert team.wait(5, "D") == 0
    team.now += IN_A_CHANNEL
    assert [team.wait(number, "C") for number in (3, 4)] == [0, pytest.approx(IN_A_CHANNEL)]
