"""How-to pages that change code or data work: done as they say, in a copy of the repository."""

from pathlib import Path

import pytest
from howto import Copy, Done, PageError, howto
from pages import ROOT, Quote, blocks_of, pages

import sim

FILES = {
    "add-a-design": ["my-star.toml", "sim/inputs/designs.py", "tests/inputs/test_designs.py"],
    "add-a-figure": [
        "sim/outputs/figures/__init__.py",
        "sim/outputs/figures/enough.py",
        "tests/outputs/pictures/test_picture_run-enough.png",
    ],
    "add-a-question": [
        "sim/cli/commands.py",
        "sim/cli/largest.py",
        "sim/experiments/largest.py",
        "sim/results/kinds.py",
    ],
    "add-a-nation": ["my-nation.py", "my-roster/", "my-scenario.toml"],
    "another-crisis": ["my-crisis/"],
    "forecast-from-past-coalitions": ["my-candidates.csv", "my-coalition.toml", "my-outcomes.csv"],
}
"""What each page writes or changes; of what lies in a reader's own folder, the folder."""

OF_THE_MODEL = {
    "add-a-level": ["sim/declarations/levels.py"],
    "add-a-term": ["docs/model/submodels.md", "sim/declarations/terms.py", "tests/model/test_rules.py"],
    "change-a-rule": ["sim/model/rules.py", "tests/model/test_rules.py"],
}
"""Of pages that change what is compiled, in the order in which they are carried out in one copy."""


@pytest.fixture(scope="module")
def compiled() -> None:
    """Compile the model where nobody has yet: copies begin with what is compiled here."""
    sim.run("stand-off", runs=1)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy of the repository."""
    return Copy(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("page", FILES)
def test_a_page_works_as_it_says(page: str, compiled: None, copy: Copy) -> None:
    done = copy.carry_out(howto(page))
    assert sorted({or_own_folder(file) for file in done.files}) == FILES[page]


@pytest.fixture(scope="module")
def model_copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy in which one page after the other changes the model."""
    return Copy(tmp_path_factory.mktemp("model"))


@pytest.mark.slow
@pytest.mark.parametrize("page", OF_THE_MODEL)
def test_a_page_about_the_model_works_and_touches_no_more_than_it_says(page: str, model_copy: Copy) -> None:
    assert model_copy.carry_out(howto(page)).files == OF_THE_MODEL[page]


def or_own_folder(file: str) -> str:
    folder, _, rest = file.partition("/")
    return f"{folder}/" if rest and folder.startswith("my-") else file


def test_every_page_that_is_for_files_is_carried_out() -> None:
    pages = {block.page for block in blocks_of_howtos() if block.file}
    assert pages == {f"docs/how-to/{page}.md" for page in {*FILES, *OF_THE_MODEL}}


def blocks_of_howtos() -> list[Quote]:
    howtos = {page: text for page, text in pages().items() if page.startswith("docs/how-to/")}
    return [block for page, text in howtos.items() for block in blocks_of(page, text)]


# How pages are carried out


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy for pages of which none may change anything."""
    return Copy(tmp_path_factory.mktemp("shared"))


def carry_out(copy: Copy, page: str) -> Done:
    """Carry out a page whose fences are written as ~~~."""
    return copy.carry_out(blocks_of("page.md", page.replace("~~~", "```")))


def test_commands_and_python_run_the_code_of_the_copy(copy: Copy) -> None:
    done = carry_out(
        copy,
        """\
Change `sim/version.py`:

~~~diff
-__version__ = "0.2.0"
+__version__ = "of the copy"
~~~

~~~bash
coalition --version
cd docs && python -c 'import sim; print(sim.__version__)'
~~~

~~~text
coalition-sim of the copy
of the copy
~~~
""",
    )
    assert done.files == ["sim/version.py"]
    assert "of the copy" not in (ROOT / "sim/version.py").read_text(encoding="utf-8")


def test_files_are_written_added_to_and_changed(copy: Copy) -> None:
    done = carry_out(
        copy,
        """\
Write `my/poem.txt`:

~~~text
one

two
three
~~~

Then append what
is missing to `my/poem.txt`, at its end:

~~~text
four
~~~

Change `my/poem.txt`:

~~~diff
 one

-two
+2
@@
 three
+3.5
~~~
""",
    )
    assert done.files == ["my/poem.txt"]
    assert (copy.top / "my/poem.txt").read_text() == "one\n\n2\nthree\n3.5\nfour\n"


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("~~~bash\ntrue\nfalse\ntrue\n~~~\n", "page.md:1: ended with 1"),
        ("~~~bash\nfalse | true\n~~~\n", "page.md:1: ended with 1"),
        (
            "~~~bash\necho two; echo one\n~~~\n\n~~~text\none\ntwo\n~~~\n",
            "page.md:5: was not printed, or not there: two",
        ),
        ("Write `README.md`:\n\n~~~text\n~~~\n", "page.md:3: there is a README.md already"),
        ("Append to `README.txt`:\n\n~~~text\n~~~\n", "page.md:3: there is no README.txt"),
        (
            "Change `sim/version.py`:\n\n~~~diff\n-nothing\n~~~\n",
            "page.md:3: stands 0 times in sim/version.py",
        ),
        (
            "Change `pyproject.toml`:\n\n~~~diff\n+\n \n~~~\n",
            "page.md:3: stands [1-9][0-9] times in pyproject",
        ),
        ("Change `sim/version.py`:\n\n~~~python\nx = 1\n~~~\n", "page.md:3: what is to change is no diff"),
        ("~~~diff\n-nothing\n~~~\n", "page.md:1: no sentence before it says which file to change"),
    ],
)
def test_what_does_not_work_is_told_with_its_place(shared: Copy, page: str, problem: str) -> None:
    with pytest.raises(PageError, match=problem):
        carry_out(shared, page)


@pytest.mark.parametrize(
    "sentence", ["See `file`:", "Write it. See `file`:", "Write `one` like `file`:", "Write `file`."]
)
def test_a_block_after_another_sentence_is_for_no_file(sentence: str) -> None:
    (block,) = blocks_of("page.md", f"{sentence}\n\n```toml\n```\n")
    assert block.file == ""
