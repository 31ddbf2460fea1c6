"""One reader of tables: every mistake with its line, as a person counts lines in an editor."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.inputs.csv_file import Bounds, read_csv
from sim.inputs.errors import InputError

SOURCE = Path(sim.__file__).parent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def test_comments_and_blank_lines_are_not_read_but_counted(file: Path) -> None:
    file.write_text('# by hand: 3 "cells\n\na,b\n1,2\n  # more\n\n3,"4\n# not a comment"\n,\n5,6\n', "utf-8")
    table = read_csv(file)
    assert (table.columns, table.header) == (("a", "b"), 3)
    assert [(row.line, dict(row.cells)) for row in table.rows] == [
        (4, {"a": "1", "b": "2"}),
        (7, {"a": "3", "b": "4\n# not a comment"}),
        (10, {"a": "5", "b": "6"}),
    ]


def test_columns_that_a_spreadsheet_left_empty_are_none(file: Path) -> None:
    file.write_text("a,,b,\n1,,2,\n", "utf-8")
    table = read_csv(file)
    assert table.columns == ("a", "b")
    assert dict(table.rows[0].cells) == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "a,b\nx,1,2\n",
            ":2: the line has 3 cells, the header has 2; quote cells that hold commas; row names",
        ),
        ("a,b\n1,2,\n", ":2: the line has 3 cells, the header has 2"),
        ("a,b\n1\n", ":2: the line has 1 cells, the header has 2"),
        ("a,b\n0,5,0,9\n", "; decimals have a point"),
        ('"",a\n"1",2\n', ":1: column 1: has no name; name it, or leave out row names"),
        ("# c\na,b,a\n1,2,3\n", ":2: a: the column stands there twice"),
        ("a;b\n0,5;1\n", ":1: cells are separated by semicolons; write commas between them, and a point in"),
        ("sep=;\na;b\n", ":1: cells are separated by semicolons"),
        ("a\tb\n1\t2\n", ":1: cells are separated by tabs; write commas"),
        ("# only\n\n", ": the file is empty; the first line must name the columns"),
        ('a,b\n1,"2\n', ":2: not readable as CSV"),
        ("a\n1\n2\n3\n", ": has 3 rows; at most 2 are allowed"),
    ],
)
def test_a_mistake_is_told_with_its_line(file: Path, text: str, says: str) -> None:
    file.write_text(text, "utf-8")
    with pytest.raises(InputError) as mistake:
        read_csv(file, Bounds(rows=2))
    assert says in str(mistake.value)
    assert str(mistake.value).startswith(f"{file}:")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"0,5"', '"0,5" is not a number; decimals have a point: 0.5'),
        ('"-,5"', '"-,5" is not a number; decimals have a point: -.5'),
        ('"1,000,000"', '"1,000,000" is not a number; leave it empty'),
        ("1_000", '"1_000" is not a number'),
        ("nan", '"nan" is not allowed; give a finite number'),
    ],
)
def test_a_number_is_written_with_a_point(file: Path, text: str, says: str) -> None:
    file.write_text(f"# c\na\n{text}\n", "utf-8")
    with pytest.raises(InputError) as mistake:
        read_csv(file).rows[0].number("a")
    assert str(mistake.value).startswith(f"{file}:3: a: {says}")


CELLS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=8).map(str.strip)


@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6),
    comments=st.lists(st.integers(0, 6), max_size=3),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_another_program_writes_is_read_as_it_was(
    file: Path, rows: list[tuple[str, str, str]], comments: list[int]
) -> None:
    lines = []
    for row in [("one", "two", "three"), *rows]:
        written = io.StringIO()
        csv.writer(written, quoting=csv.QUOTE_ALL).writerow(row)
        lines.append(written.getvalue())
    for place in comments:
        lines.insert(min(place, len(lines)), "# a comment\r\n")
    file.write_text("".join(lines), "utf-8", newline="")
    table = read_csv(file)
    kept = [row for row in rows if any(row)]
    assert [tuple(row.cells.values()) for row in table.rows] == kept
    for row in table.rows:
        assert lines[row.line - 1].startswith('"')


def test_there_is_no_other_reader() -> None:
    """What reads CSV files is `sim.inputs.csv_file`; others would tell the same mistakes otherwise."""
    readers = ("csv.reader", "DictReader", "read_csv(StringIO", "pd.read_csv", "genfromtxt", "loadtxt")
    found = {
        file.relative_to(SOURCE).as_posix()
        for file in SOURCE.rglob("*.py")
        if any(reader in file.read_text("utf-8") for reader in readers)
    }
    assert found == {"inputs/csv_file.py"}
