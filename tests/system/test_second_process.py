"""A second process answers what this one asks; where it cannot, nothing is lost."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.experiments.run import run
from sim.results import apart, drawing
from sim.results.apart import drawing_apart
from sim.results.drawing import rendered_figures
from sim.system.second_process import NoAnswer, SecondProcess


@pytest.fixture(scope="module")
def second() -> Iterator[SecondProcess]:
    process = SecondProcess(["json"])
    yield process
    process.close()


def test_it_answers_with_what_a_function_returns(second: SecondProcess) -> None:
    assert second.begin("math:hypot", 3.0, 4.0).result() == 5.0
    assert second.begin("os:getpid").result() != os.getpid()


def test_what_a_function_raises_is_raised_here(second: SecondProcess) -> None:
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        second.begin("operator:truediv", 1, 0).result()


def test_what_is_printed_does_not_stand_among_the_answers(
    second: SecondProcess, capfd: pytest.CaptureFixture[str]
) -> None:
    assert second.begin("builtins:print", "said").result() is None
    assert second.begin("builtins:len", [1, 2]).result() == 2


def test_what_cannot_be_sent_has_no_answer_and_the_next_question_has_one(second: SecondProcess) -> None:
    with pytest.raises(NoAnswer):
        second.begin("builtins:len", lambda: None)
    assert second.begin("builtins:len", "abc").result() == 3


def test_one_that_has_died_gives_no_answer() -> None:
    process = SecondProcess(["json"])
    killed = process.begin("os:kill", process.begin("os:getpid").result(), int(signal.SIGTERM))
    with pytest.raises(NoAnswer):
        killed.result()
    with pytest.raises(NoAnswer):
        process.begin("os:getpid").result()
    process.close()


def test_one_that_cannot_load_what_it_should_gives_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    process = SecondProcess(["no_such_module"])
    with pytest.raises(NoAnswer):
        process.begin("os:getpid").result()
    process.close()
    assert capfd.readouterr().err == ""


def test_figures_are_the_same_bytes_wherever_they_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run("paris-2026-01", overrides=["rounds=8"], runs=20)
    here = rendered_figures(result)
    monkeypatch.setattr(apart, "can_help", lambda: True)
    with drawing_apart():
        monkeypatch.setattr(drawing, "rendered_figures", None)  # nothing is drawn in this process
        files = drawing.begin_figures(result, tmp_path)()
    assert {file.name: file.read_bytes() for file in files} == here
    assert {"coalition-size.png", "joining.svg"} <= {*here}


def test_figures_are_drawn_here_where_the_second_process_has_died(tmp_path: Path) -> None:
    result = run("paris-2026-01", overrides=["rounds=8"], runs=20)
    with drawing_apart():
        for process in apart.drawers:
            process._process.kill()
        files = drawing.begin_figures(result, tmp_path)()
    assert {file.name for file in files} >= {"coalition-size.png", "joining.svg"}
