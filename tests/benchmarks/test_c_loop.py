"""The program in C is measured while it gives the bits of the ensemble, and left out with a word else."""

from pathlib import Path

import pytest

from benchmarks import engines
from benchmarks.same_bits import difference_in_c


@pytest.fixture
def nothing_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "which", lambda _: "compiler")
    monkeypatch.setattr(engines, "compile_loop", lambda folder, _: folder / "not compiled")


def test_rules_that_are_older_than_the_models_are_told_and_not_measured(
    nothing_compiled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "difference_in_c", lambda _: "stand-off: it has other stances")
    table = engines.against_c(runs=2, repetitions=1)
    assert [row[0] for row in table.rows] == ["ensemble, rules and counts"]
    assert "its rules are older than the model's (stand-off: it has other stances)" in table.note


def test_without_a_compiler_the_ensemble_is_measured_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "which", lambda _: None)
    table = engines.against_c(runs=2, repetitions=1)
    assert [row[0] for row in table.rows] == ["ensemble, rules and counts"]
    assert "there is no compiler" in table.note


def test_a_library_that_cannot_be_asked_differs(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("not a library")
    assert difference_in_c([tmp_path / "model"]).startswith("brussels-2025-04: ")
