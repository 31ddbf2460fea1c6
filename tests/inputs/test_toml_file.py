"""A TOML file is read together with the line of each of its keys."""

import os
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.errors import InputError
from sim.inputs.toml_file import TomlPath, dotted, key_lines, read_toml

EXAMPLE = '''\
title = "an example"          # 1
description = """
fake = 1
[not.a.table] \\"""
""""                          # 5
list = [
  1, 2,                       # 7
  { inner = [3, "]"] },
]

[washington]                  # 11
involvement = 0.1

[nations."N L D".deep]        # 14
'quoted.key' = 1979-05-27 07:32:00

[[events]]                    # 17
washington.involvement = 0.5
washington.policy = 'scripted'

[[events]]                    # 21
[events.nations]
NLD.position = "open"         # 23
[[events.notes]]
text = 1
[[events.notes]]
text = 2                      # 27
'''


@pytest.mark.parametrize(
    ("key_path", "line"),
    [
        (("title",), 1),
        (("description",), 2),
        (("list",), 6),
        (("list", 0), 7),
        (("list", 1), 7),
        (("list", 2), 8),
        (("list", 2, "inner", 1), 8),
        (("washington",), 11),
        (("washington", "involvement"), 12),
        (("nations",), 14),
        (("nations", "N L D", "deep"), 14),
        (("nations", "N L D", "deep", "quoted.key"), 15),
        (("events",), 17),
        (("events", 0), 17),
        (("events", 0, "washington"), 18),
        (("events", 0, "washington", "involvement"), 18),
        (("events", 0, "washington", "policy"), 19),
        (("events", 1), 21),
        (("events", 1, "nations"), 22),
        (("events", 1, "nations", "NLD", "position"), 23),
        (("events", 1, "notes", 0, "text"), 25),
        (("events", 1, "notes", 1), 26),
        (("events", 1, "notes", 1, "text"), 27),
    ],
)
def test_each_key_has_its_line(key_path: TomlPath, line: int) -> None:
    assert key_lines(EXAMPLE)[key_path] == line


def test_lines_are_known_for_every_key_and_for_nothing_else() -> None:
    assert set(key_lines(EXAMPLE)) == set(key_paths(tomllib.loads(EXAMPLE)))


def test_an_unknown_key_has_the_line_of_the_table_around_it(tmp_path: Path) -> None:
    file = read_toml(written(tmp_path, EXAMPLE))
    assert file.line(("washington", "speed")) == 11
    assert file.line(("events", 1, "nations", "SWE", "position")) == 22
    assert file.line(("nowhere",)) == 1


def test_an_error_leads_with_file_line_and_key(tmp_path: Path) -> None:
    file = read_toml(written(tmp_path, EXAMPLE))
    error = file.error(("events", 0, "washington", "involvement"), "is wrong")
    assert str(error) == f"{file.path}:18: events[0].washington.involvement: is wrong"


def test_line_ends_and_byte_order_mark_of_windows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbftitle = 'a'\r\n\r\nrounds = 3\r\n")
    assert read_toml(path).data == {"title": "a", "rounds": 3}
    assert read_toml(path).line(("rounds",)) == 3


def test_an_empty_file_is_an_empty_table(tmp_path: Path) -> None:
    assert read_toml(written(tmp_path, "")).data == {}


# Property: whatever a document looks like, the lines found are those on which its keys were written.

words = st.sampled_from(["a", "b", "long-name", "'quo.ted'", '"\\u00e9 = 1"', "1"])
scalars = st.sampled_from(
    [
        "1",
        "-0.5",
        "true",
        "inf",
        "2025-04-10",
        "07:32:00",
        '"# ] }"',
        "'[x]'",
        '"""one\n[two]\nthree"""',
        "'''\nk = 1\n'''",
    ]
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[\n# note ]\n" + ",\n".join(items) + "]"),
        st.dictionaries(words, scalars.filter(lambda text: "\n" not in text), max_size=2).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        ),
    ),
    max_leaves=6,
)
keys = st.lists(words, min_size=1, max_size=3).map(" . ".join)
statements = st.one_of(
    st.just(""),
    st.just("  # [comment] = 1"),
    keys.map(lambda key: f"[ {key} ]"),
    keys.map(lambda key: f"[[{key}]] # element"),
    st.tuples(keys, values).map(lambda pair: f"  {pair[0]} = {pair[1]} # end"),
)


@given(st.lists(statements, max_size=12))
def test_the_keys_found_are_the_keys_that_are_there(lines: list[str]) -> None:
    text = valid_part(lines)
    assert set(key_lines(text)) == set(key_paths(tomllib.loads(text)))


@given(st.lists(st.tuples(words, values), unique_by=lambda pair: tomllib.loads(f"{pair[0]}=0").popitem()[0]))
def test_the_line_of_a_key_is_the_line_it_was_written_on(pairs: list[tuple[str, str]]) -> None:
    text, expected = "", {}
    for key, value in pairs:
        expected[(next(iter(tomllib.loads(f"{key} = 0"))),)] = text.count("\n") + 1
        text += f"{key} = {value}\n"
    found = key_lines(text)
    assert {path: found[path] for path in expected} == expected


@given(st.text(alphabet="[]{}=.\"'#,\\\n a1"))
def test_any_text_at_all_is_read_or_refused_in_one_line(tmp_path_factory: Any, text: str) -> None:
    path = written(tmp_path_factory.mktemp("any"), text)
    try:
        read_toml(path)
    except InputError as error:
        assert str(error).startswith(f"{path}:")
        assert "\n" not in str(error)


# Files that cannot be read.


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert problem(tmp_path / "none.toml") == f"{tmp_path}/none.toml: no such file"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert problem(tmp_path) == f"{tmp_path}: is a folder; a TOML file is wanted"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_forbidden_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a = 1")
    path.chmod(0)
    assert problem(path) == f"{path}: cannot be read: permission denied; see that you may read it"


def test_a_failing_disk_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", fail)
    assert (
        problem(tmp_path / "a.toml")
        == f"{tmp_path}/a.toml: cannot be read: permission denied; see that you may read it"
    )


def test_a_name_with_a_null_byte_is_refused() -> None:
    assert "cannot be read: embedded null byte" in problem(Path("a\0b"))


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.toml"
    path.write_bytes(b"ok = 1\n\x89PNG\r\n")
    assert problem(path) == f"{path}:2: is not UTF-8 text (byte 0x89); a TOML file is wanted"


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "#" * 1_000_001)
    assert problem(path) == f"{path}: is larger than 1 MB; a TOML file is wanted"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a = 1\nb 2", 2, "Expected '=' after a key"),
        ("a = 1\n\na = 2\n", 3, "given twice"),
        ("[a]\n[b]\n[a]\n", 3, "given twice"),
        ("a = 2025-02-30", 1, "Invalid date"),
        ("a = scripted", 1, "Invalid value (text stands in quotes)"),
        ('a = 1\nb = "open', 2, "not valid TOML"),
        ("a = " + "9" * 5000, 1, "not valid TOML: Exceeds the limit"),
        ("a = 1\nb = " + "[" * 2000, 2, "nested more than 64 levels deep"),
        ("a = " + "{a=" * 2000, 1, "nested more than 64 levels deep"),
        ("\n[" + "a." * 400_000 + "a]", 2, "nested more than 64 levels deep"),
    ],
)
def test_broken_toml_is_told_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = written(tmp_path, text)
    assert problem(path).startswith(f"{path}:{line}: ")
    assert words in problem(path)


def test_key_paths_are_written_as_people_write_them() -> None:
    assert dotted(("events", 2, "washington", "involvement")) == "events[2].washington.involvement"
    assert dotted(("",)) == '""'
    assert dotted(("a", "", "b")) == 'a."".b'


def key_paths(value: Any, path: TomlPath = ()) -> list[TomlPath]:
    """Every key path of some data, the root apart."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [found for key, item in inner for found in key_paths(item, (*path, key))]
    return [path, *below] if path else below


def valid_part(lines: list[str]) -> str:
    """The lines that, one after the other, leave the document valid."""
    text = ""
    for line in lines:
        try:
            tomllib.loads(text + line + "\n")
        except tomllib.TOMLDecodeError:
            continue
        text += line + "\n"
    return text


def written(folder: Path, text: str) -> Path:
    path = folder / "file.toml"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def problem(path: Path) -> str:
    with pytest.raises(InputError) as error:
        read_toml(path)
    return str(error.value)
