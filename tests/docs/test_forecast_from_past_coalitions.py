"""The steps of the page on forecasts where nobody has spoken, done as it says."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "forecast-from-past-coalitions.md"


def test_a_coalition_is_asked_about_as_the_page_says(coalition: Callable[..., Any]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (asked,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (candidates,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    Path("my-coalition.toml").write_text(asked, encoding="utf-8")
    Path("my-candidates.csv").write_text(candidates, encoding="utf-8")
    commands = [line.split()[1:] for line in re.findall(r"^coalition .+$", page, re.MULTILINE)]
    ended = [coalition(*command) for command in commands]
    assert [each.code for each in ended] == [0, 0, 0], [each.err for each in ended]
    mine = ended[-1].out
    assert mine.startswith("My coalition, 2030, from past coalitions alone\n")
    assert "of 3 candidates are expected" in mine
