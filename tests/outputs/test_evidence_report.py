"""What is shown of past coalitions: nothing is lost, failures come first, no number is written by hand."""

import re
from pathlib import Path

import pandas as pd
import pytest
from printing import lost, printed
from small_coalitions import write_coalitions

from sim.experiments.evidence.about import about
from sim.experiments.evidence.left_out import EVIDENCE, LeftOut, forecast_family, leave_families_out
from sim.experiments.evidence.results import LeftOutResult, Taught, teach
from sim.inputs.coalitions.coalitions import Coalitions, find_coalition
from sim.inputs.coalitions.reading import load_coalitions
from sim.outputs.cross_validation.page import headline
from sim.outputs.document.markdown import markdown
from sim.outputs.evidence import words
from sim.outputs.evidence.case import case_report
from sim.outputs.evidence.page import evidence_page
from sim.outputs.evidence.tables import fit_report, left_out_report
from sim.results.document import Document
from sim.results.drawing import save_figures

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
MOST_WORDS = 80


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Coalitions:
    return load_coalitions(write_coalitions(tmp_path_factory.mktemp("coalitions") / "small"))


@pytest.fixture(scope="module")
def result(small: Coalitions) -> LeftOut:
    return leave_families_out(small)


@pytest.fixture(scope="module")
def taught(small: Coalitions) -> Taught:
    return teach(small)


def test_reports_lose_nothing_at_80_columns(small: Coalitions, result: LeftOut, taught: Taught) -> None:
    assert lost(left_out_report(LeftOutResult(small, result, taught))) == []
    assert lost(fit_report(taught)) == []


def letters(text: str) -> list[str]:
    """All that is not space: addresses are longer than a line, and go on in the next."""
    return sorted("".join(text.split()))


def test_a_past_coalition_loses_nothing_at_80_columns() -> None:
    forces = load_coalitions().forces()
    (iraq,) = find_coalition(forces, "iraq2003")
    report = case_report(iraq, forces, forecast_family(forces, iraq.family))
    text = printed(report, 400)
    assert letters(printed(report, 80)) == letters(text)
    assert "level           first  second  consensus" in text
    assert re.search(r"POL +0\.\d\d +3 +FOUND", text)
    assert "parapundit" in text


def test_a_case_says_what_is_missing_and_what_it_counts_as(small: Coalitions, tmp_path: Path) -> None:
    folder = write_coalitions(tmp_path / "gap")
    file = folder / "covariates.csv"
    file.write_text(file.read_text().replace("beta,force,BBB,10,", "beta,force,BBB,,"))
    coalitions = load_coalitions(folder)
    (beta,) = find_coalition(coalitions, "beta")
    report = case_report(beta, coalitions, forecast_family(coalitions, beta.family))
    assert "BBB: capacity (counts as the mean)" in printed(report, 200)


def test_every_nation_of_a_case_has_its_probability_and_rung(small: Coalitions, result: LeftOut) -> None:
    (gamma,) = find_coalition(small, "gamma")
    text = printed(case_report(gamma, small, forecast_family(small, "west")), 200)
    predicted = result.predictions.query("coalition == 'gamma/force'").set_index("iso3")[EVIDENCE]
    for iso3, rung in (("AAA", 0), ("BBB", 3), ("CCC", 0), ("DDD", 0)):
        assert re.search(rf"{iso3} +{predicted[iso3]:.2f} +{rung} +FOUND", text)


def test_the_worst_coalition_is_named_first(small: Coalitions, result: LeftOut, taught: Taught) -> None:
    worst = result.coalitions.query("forecast == @EVIDENCE").sort_values("auc").iloc[0]
    first, *_ = words.failures(result, about(small))
    assert first.startswith(about(small).titles[worst["coalition"]])
    text = printed(left_out_report(LeftOutResult(small, result, taught)), 200)
    assert text.index("Where it fails") < text.index("What it is worth") < text.index("Calibration slope")


def summary_of(*differences: tuple[float, float]) -> pd.DataFrame:
    rows = [("evidence layer", "brier", 0.0, 0.0, 0.0)]
    rows += [(f"b{n}", "brier", (low + high) / 2, low, high) for n, (low, high) in enumerate(differences)]
    columns = ["forecast", "score", "difference", "difference_low", "difference_high"]
    table = pd.DataFrame(rows, columns=columns)
    return pd.concat([table, table.assign(score="auc"), table.assign(score="log")])


def test_verdicts_against_baselines_tell_the_worst_first(result: LeftOut) -> None:
    from dataclasses import replace

    changed = replace(result, summary=summary_of((-0.2, -0.1), (-0.1, 0.1), (0.1, 0.2)))
    auc, brier, _ = words.against(changed)
    assert (
        brier == "Brier score: the evidence layer is worse than b2; not told apart from b1; better than b0."
    )
    assert auc == "AUC: the evidence layer is worse than b0; not told apart from b1; better than b2."


@pytest.mark.parametrize(
    ("slope", "says"),
    [
        ((1.2, 0.9, 1.5), "is not told"),
        ((1.4, 1.1, 1.6), "they are not sure enough"),
        ((0.5, 0.3, 0.9), "they are too sure"),
    ],
)
def test_calibration_is_told_only_where_the_interval_tells(
    result: LeftOut, slope: tuple[float, float, float], says: str
) -> None:
    from dataclasses import replace

    assert says in words.calibrated(replace(result, slope=slope))


def test_figures_are_drawn_and_the_same_again(
    small: Coalitions, result: LeftOut, taught: Taught, tmp_path: Path
) -> None:
    left_out = LeftOutResult(small, result, taught)
    one, other = (save_figures(left_out, tmp_path / name) for name in ("one", "other"))
    assert {file.name for file in one} == {
        "left-out.png",
        "left-out.svg",
        "coefficients.png",
        "coefficients.svg",
    }
    assert [file.read_bytes() for file in one] == [file.read_bytes() for file in other]
    assert "Alpha first" in (tmp_path / "one" / "figures" / "left-out.svg").read_text()


def test_a_page_says_what_fails_before_what_it_is_worth(
    small: Coalitions, result: LeftOut, taught: Taught
) -> None:
    page = evidence_page(LeftOutResult(small, result, taught))
    order = [
        "## Where it fails",
        "## What it is worth",
        "## Are its probabilities right?",
        "## What was learned",
    ]
    assert sorted(order, key=page.index) == order
    assert "## Gifts" not in page  # there are none


def test_no_sentence_of_the_page_is_long() -> None:
    text = PAGE.read_text(encoding="utf-8")
    sentences = [
        sentence
        for line in text.splitlines()
        if not line.startswith("|")
        for sentence in re.split(r"(?<=[.;:])\s", line)
    ]
    assert max(len(sentence.split()) for sentence in sentences) < MOST_WORDS


@pytest.mark.slow
def test_the_page_of_the_documentation_is_the_one_that_is_made() -> None:
    coalitions = load_coalitions()
    forces = coalitions.forces()
    taught = teach(forces)
    result = leave_families_out(forces)
    page = evidence_page(LeftOutResult(coalitions, result, taught))
    assert page.splitlines() == PAGE.read_text(encoding="utf-8").splitlines()
    validation = PAGE.with_name("validation.md").read_text(encoding="utf-8")
    made = markdown(Document("Validation", headline(result, coalitions)))
    assert made.removeprefix("# Validation\n").rstrip() in validation
