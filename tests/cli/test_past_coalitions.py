"""Commands on past coalitions: fitted, left out, shown and checked; what ships is what is fitted."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_coalitions import write_coalitions

from sim.experiments.evidence.draws import posterior_draws
from sim.inputs.coalitions.draws_file import changed_files, load_draws
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import InputError
from sim.system.folders import Damaged

Command = Callable[..., Any]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_coalitions(tmp_path / "small")


def results_of(ended: Any) -> Path:
    assert ended.code == 0, ended.err
    return Path(ended.out.splitlines()[-1].removeprefix("results: "))


def test_calibrate_writes_what_coalitions_teach(coalition: Command, small: Path) -> None:
    folder = results_of(coalition("calibrate", small))
    assert folder.parent == Path("results/calibrate/small")
    assert {file.name for file in folder.iterdir()} == {
        "coefficients.parquet", "covariance.parquet", "posterior", "figures", "manifest.json",
        "document.json", "digests.sha256",
    }  # fmt: skip
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["kind"], manifest["learned_from"]["rows"], manifest["learned_from"]["families"]) == (
        "evidence",
        20,
        4,
    )
    coalitions = load_coalitions(small)
    kept = load_draws(folder / "posterior", coalitions)
    assert len(kept.draws) == 1000
    assert kept.fitted.terms == ("capacity", "clarity", "command_x_member")
    assert changed_files(kept.fitted, small) == ()
    covariance = pd.read_parquet(folder / "covariance.parquet").set_index("term").to_numpy()
    assert covariance == pytest.approx(covariance.T)


def test_the_same_command_makes_the_same_draws(coalition: Command, small: Path) -> None:
    folder = results_of(coalition("calibrate", small, "-q"))
    before = (folder / "posterior/draws.parquet").read_bytes()
    assert results_of(coalition("calibrate", small, "-q")) == folder
    assert (folder / "posterior/draws.parquet").read_bytes() == before


def test_cross_validate_leaves_out_families_and_writes_a_page(
    coalition: Command, small: Path, tmp_path: Path
) -> None:
    ended = coalition("cross-validate", small, "--page", tmp_path / "page.md")
    folder = results_of(ended)
    assert {file.name for file in folder.iterdir()} == {
        "predictions.parquet", "coalitions.parquet", "sizes.parquet", "summary.parquet",
        "calibration.parquet", "coefficients.parquet", "evidence.md", "figures", "manifest.json",
        "document.json", "digests.sha256",
    }  # fmt: skip
    assert (tmp_path / "page.md").read_text() == (folder / "evidence.md").read_text()
    assert ended.out.index("Where it fails") < ended.out.index("What it is worth")
    assert len(pd.read_parquet(folder / "predictions.parquet")) == 20


@pytest.mark.slow
def test_cross_validate_is_about_past_coalitions_unless_told_otherwise(coalition: Command) -> None:
    ended = coalition("cross-validate")
    assert results_of(ended).parent == Path("results/cross-validate/coalitions")
    assert "1,378 candidates of 40 coalitions, 37 cases in 23 families" in ended.out


def test_evidence_shows_a_past_coalition(coalition: Command) -> None:
    first, full = (coalition("evidence", "kfor1999", *more) for more in ((), ("--full",)))
    headings = ("Levels", "Who could have taken part", "Covariates missing", "Sources")
    for ended, shown in ((first, headings[:-1]), (full, headings)):
        assert ended.code == 0
        assert ended.out.startswith("KFOR, Kosovo 1999 (kfor1999/force)\n")
        assert [heading for heading in headings if f"\n{heading}" in ended.out] == [*shown]
        assert "CHE: alignment (counts as the mean)" in ended.out
    assert first.out.splitlines()[-1] == "more: --full"


def test_evidence_of_a_case_shows_all_its_waves_or_the_one_named(coalition: Command) -> None:
    both = coalition("evidence", "redsea2023").out
    assert "(redsea2023/us_led_opg)" in both
    assert "(redsea2023/eu_aspides)" in both
    assert "us_led_opg" not in coalition("evidence", "redsea2023/eu_aspides").out


def test_evidence_of_own_coalitions(coalition: Command, small: Path) -> None:
    assert coalition("evidence", "beta", "--coalitions", small).out.startswith("Beta force (beta/force)")


def test_validate_checks_a_folder_of_coalitions(coalition: Command, small: Path) -> None:
    assert coalition("validate", small).out == f"{small}: ok, Small coalitions: 5 coalitions, 20 candidates\n"
    (small / "levels.csv").write_text("case,wave,coding,clarity,reason,source\n")
    ended = coalition("validate", small)
    assert ended.code == 2
    assert '"alpha/first" has no levels; add a row to levels.csv' in ended.err


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (
            ("evidence", "kfor1998"),
            'unknown coalition "kfor1998"; did you mean "kfor1999"?; there are gulf1991, ',
        ),
        (("evidence", "kfor1999", "--coalitions", "nowhere"), "nowhere: holds no coalitions"),
        (("calibrate", "coalitions", "--draws", "100"), "--draws: is about hindcasts; name one"),
        (("cross-validate", "--runs", "4"), "--runs: is about hindcasts; name one, such as europe-2025"),
        (("cross-validate", "--page", "nowhere/page.md"), "nowhere: --page: there is no such folder"),
    ],
)
def test_mistakes_end_with_one_line(coalition: Command, command: tuple[str, ...], says: str) -> None:
    ended = coalition(*command)
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert says in line
    assert not Path("results").exists()


# --- the draws that ship ------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_draws_that_ship_are_those_of_the_files_that_ship() -> None:
    coalitions = load_coalitions()
    kept = load_draws(coalitions.folder / "posterior", coalitions)
    assert changed_files(kept.fitted, coalitions.folder) == ()
    assert (kept.fitted.rows, kept.fitted.coalitions, kept.fitted.cases) == (1378, 40, 37)
    assert kept.fitted.log_evidence == pytest.approx(-653.85, abs=0.01)
    again = posterior_draws(coalitions.forces(), kept.fitted.seed)
    assert list(again) == list(kept.draws)
    assert np.abs(again.to_numpy() - kept.draws.to_numpy()).max() < 1e-6


def changed(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    about = json.loads((folder / "posterior.json").read_text())
    change(about)
    (folder / "posterior.json").write_text(json.dumps(about))


def test_draws_of_other_terms_are_refused(coalition: Command, small: Path) -> None:
    folder = results_of(coalition("calibrate", small, "-q")) / "posterior"
    file = small / "evidence.toml"
    file.write_text(file.read_text().replace('name = "clarity"', 'name = "clearness"'))
    with pytest.raises(InputError, match="has no clearness;") as error:
        load_draws(folder, load_coalitions(small))
    assert "fit it again, coalition calibrate" in str(error.value)


def test_draws_say_which_files_have_changed_since(coalition: Command, small: Path) -> None:
    folder = results_of(coalition("calibrate", small, "-q")) / "posterior"
    file = small / "levels.csv"
    file.write_text(file.read_text().replace("0.3", "0.35"))
    coalitions = load_coalitions(small)
    assert changed_files(load_draws(folder, coalitions).fitted, small) == ("levels.csv",)


def test_damaged_draws_are_told(coalition: Command, small: Path) -> None:
    written = results_of(coalition("calibrate", small, "-q")) / "posterior"
    coalitions, folder = load_coalitions(small), Path(shutil.copytree(written, "copied"))
    for place in (written, folder):
        (place / "draws.parquet").write_bytes(b"no table")
    with pytest.raises(Damaged, match=r"draws\.parquet: is damaged: not what was written"):
        load_draws(written, coalitions)
    with pytest.raises(InputError, match="it is damaged"):
        load_draws(folder, coalitions)
    (folder / "draws.parquet").unlink()
    with pytest.raises(InputError, match="no such file; coalition calibrate"):
        load_draws(folder, coalitions)
    changed(folder, lambda about: about.update(rows="many"))
    with pytest.raises(InputError, match="rows: must be a whole number"):
        load_draws(folder, coalitions)
    (folder / "posterior.json").write_text("{")
    with pytest.raises(InputError, match="not valid JSON"):
        load_draws(folder, coalitions)
