"""How-to pages that change code or data work: done as they say, in a copy of the repository."""

from pathlib import Path

import pytest
from howto import Copy, howto

FILES = {
    "add-a-design": ["my-star.toml", "sim/inputs/designs.py", "tests/inputs/test_designs.py"],
    "add-a-figure": [
        "sim/outputs/figures/__init__.py",
        "sim/outputs/figures/enough.py",
        "tests/outputs/pictures/test_picture_run-enough.png",
    ],
    "add-a-nation": ["my-nation.py", "my-roster/", "my-scenario.toml"],
}
"""The files that each page writes or changes; of a new folder its name."""


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy of the repository."""
    return Copy(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("page", FILES)
def test_a_page_works_as_it_says(page: str, copy: Copy) -> None:
    done = copy.carry_out(howto(page))
    assert folders(done.files) == FILES[page]


def folders(files: list[str]) -> list[str]:
    """Name what lies in a reader's own folder by the folder."""
    return sorted(
        {f"{file.split('/')[0]}/" if file.startswith("my-") and "/" in file else file for file in files}
    )
