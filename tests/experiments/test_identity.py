"""Digests: what has changed is told by its name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.inputs.case import load_case
from sim.results.identity import case_digests, code_digests


@pytest.mark.parametrize(
    ("name", "right", "wrong", "changed"),
    [
        ("world.toml", 'pressure = "warnings"', 'pressure = "threats"', {"scenario"}),
        ("world.toml", "involvement = 0.6", "involvement = 0.7", {"scenario"}),
        ("world.toml", "rounds = 6", "rounds = 7", {"scenario"}),
        ("world.toml", 'title = "A', 'parameters.demand = 1.2\ntitle = "A', {"scenario", "parameters"}),
        ("roster/nations.csv", "Land ABX,510", "Land ABX,900", {"roster"}),
        ("roster/candidates.csv", "ABX,30", "ABX,90", {"roster"}),
        ("roster/positions.csv", "2025-04-10,open", "2025-04-10,opposed", {"roster"}),
        ("world.toml", 'title = "A', 'description = "prose"\ntitle = "A', set()),
    ],
)
def test_a_change_moves_the_digest_of_what_it_is_a_change_of(
    world: Callable[..., Path], name: str, right: str, wrong: str, changed: set[str]
) -> None:
    file = world()
    before = case_digests(load_case(file))
    source = file.parent / name
    text = source.read_text(encoding="utf-8")
    assert right in text
    source.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    after = case_digests(load_case(file))
    assert {piece for piece in before if before[piece] != after[piece]} == changed


def test_what_past_coalitions_teach_has_a_digest_of_its_own(world: Callable[..., Path]) -> None:
    assert list(case_digests(load_case(world()))) == ["scenario", "roster", "past coalitions", "parameters"]


def test_the_source_of_the_evidence_layer_counts_as_the_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.results import identity

    (tmp_path / "case_draws.py").write_text("other = 1\n", encoding="utf-8")
    before = code_digests()
    monkeypatch.setattr(identity, "EVIDENCE", tmp_path)
    after = code_digests()
    assert {piece for piece in before if before[piece] != after[piece]} == {"model"}
