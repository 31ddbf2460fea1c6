"""What past coalitions teach of a roster's nations: other methods that must agree, and what readings do."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_coalitions import write_coalitions
from small_worlds import LEAST

from sim.evidence import case_draws as module
from sim.evidence import readings
from sim.evidence.case_draws import CaseDraws, case_draws
from sim.evidence.rows import candidate_table
from sim.experiments.evidence.draws import posterior_draws
from sim.experiments.evidence.posterior import Posterior, fit
from sim.inputs.bundled import find_roster
from sim.inputs.coalitions.coalitions import Coalitions
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import InputError
from sim.inputs.roster import Roster, load_roster

EUROPE = find_roster("europe-2025")
POSTERIOR = load_coalitions().folder / "posterior"
APRIL_2025 = {"us_involvement": 0.1, "authority": 0.0, "clarity": 0.525, "danger": 1.0, "threat": 0.5}
"""On the scale of past coalitions."""

LEVERS = ("us_involvement", "authority", "clarity", "threat")
MANY = 40_000
OWN_CHANCE = np.pi**2 / 3
"""Variance of a standard logistic number."""


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


@pytest.fixture(scope="module")
def europe() -> Roster:
    return load_roster(EUROPE)


def nothing_read(roster: Roster) -> np.ndarray:
    return np.full(len(roster.iso3), np.nan)


def drawn(roster: Roster, read: np.ndarray | None = None, **given: object) -> CaseDraws:
    """Draws of April 2025 but for what is given."""
    usual = {"levels": APRIL_2025, "command": "nation", "levers": LEVERS, "draws": 2000}
    codes = nothing_read(roster) if read is None else read
    return case_draws(roster, contributes=codes, **{**usual, **given})  # type: ignore[arg-type]


def contributors(draws: CaseDraws) -> np.ndarray:
    """How many contribute in each draw."""
    return (draws.disposition > 0).sum(axis=1)


def probabilities(draws: CaseDraws) -> np.ndarray:
    return (draws.disposition > 0).mean(axis=0)


# --- against the posterior itself, and another method --------------------------------------------------


@pytest.fixture(scope="module")
def agreed() -> Posterior:
    """What is learned of the levels that both coders agreed on."""
    forces = load_coalitions().forces()
    return fit(candidate_table(forces), forces.declaration)


@pytest.fixture(scope="module")
def of_agreed(agreed: Posterior, tmp_path_factory: pytest.TempPathFactory) -> Roster:
    """The roster of Europe with draws of that posterior, so many that their moments are its own."""
    folder = Path(shutil.copytree(EUROPE, tmp_path_factory.mktemp("agreed") / "roster"))
    declared = folder / "roster.toml"
    text = declared.read_text("utf-8")
    declared.write_text(text.replace('imputed = ["ISL"]', 'imputed = ["ISL"], posterior = "draws"'), "utf-8")
    names = [*agreed.names, *(f"habit {nation}" for nation in agreed.nations)]
    random = np.random.default_rng(1)
    root = np.linalg.cholesky(agreed.effects_covariance)
    effects = agreed.effects + random.standard_normal((MANY, len(names))) @ root.T
    (folder / "draws").mkdir()
    pd.DataFrame(effects, columns=names).to_parquet(folder / "draws" / "draws.parquet")
    shutil.copy(POSTERIOR / "posterior.json", folder / "draws")
    return load_roster(folder)


@pytest.fixture(scope="module")
def april() -> pd.DataFrame:
    """The nations in April 2025 as a table of candidates, treated by hand."""
    read = pd.read_csv(EUROPE / "candidates.csv").sort_values("iso3").reset_index(drop=True)
    attributes = {
        "capacity": np.log(read["personnel_thousand"].clip(lower=0.5)),
        "democracy": read["democracy"],
        "alignment": read["ideal_point_distance_to_us"],
        "nearness": np.log(read["distance_to_theatre_km"] + 200),
        "adversary_nearness": np.log(read["distance_to_adversary_km"] + 200),
        "neutral": read["neutral"],
        "nato_member": read["nato"],
        "eu_member": read["eu"],
    }
    levels = {**APRIL_2025, "nato_command": 0.0, "eu_command": 0.0}
    table = pd.DataFrame({"iso3": read["iso3"], "coalition": "april"})
    columns = {f"attribute {name}": column for name, column in attributes.items()}
    return table.assign(**columns, **{f"level {name}": value for name, value in levels.items()})


def test_where_nothing_was_read_draws_are_those_of_the_posterior(
    of_agreed: Roster, agreed: Posterior, april: pd.DataFrame
) -> None:
    mean, covariance = agreed.latent(april)
    draws = drawn(of_agreed, draws=MANY)
    assert draws.effective_size == MANY
    assert draws.disposition.mean(axis=0) == pytest.approx(mean, abs=0.06)
    found = np.cov(draws.disposition, rowvar=False)
    assert found == pytest.approx(covariance + OWN_CHANCE * np.eye(len(mean)), abs=0.2)
    alike = ~np.eye(len(mean), dtype=bool)
    assert found[alike].mean() == pytest.approx(covariance[alike].mean(), abs=0.03)


def test_slopes_where_nothing_was_read_are_coefficients_times_attributes(
    of_agreed: Roster, agreed: Posterior
) -> None:
    slopes = drawn(of_agreed, draws=MANY).slopes
    by_name = dict(zip(agreed.names, agreed.coefficients, strict=True))
    sds = dict(zip(agreed.names, np.sqrt(np.diag(agreed.covariance)), strict=True))
    authority, clarity = (slopes[:, :, LEVERS.index(name)] for name in ("authority", "clarity"))
    assert authority.mean(axis=0) == pytest.approx(2 * by_name["authority"], abs=0.02)
    assert clarity.std(axis=0) == pytest.approx(4 * sds["clarity"], rel=0.02)
    poland = of_agreed.iso3.index("POL")
    mean, sd = agreed.scales["alignment"]
    aligned = -(1.47538 - mean) / sd
    expected = 2 * (by_name["us_involvement"] + aligned * by_name["us_x_alignment"])
    assert slopes[:, poland, 0].mean() == pytest.approx(expected, abs=0.02)


def by_slices(mean: np.ndarray, covariance: np.ndarray, codes: np.ndarray, steps: int) -> np.ndarray:
    """P(x > 0) of each nation by elliptical slice sampling over m: Murray, Adams & MacKay 2010."""
    random, root = np.random.default_rng(1), np.linalg.cholesky(covariance + 1e-9 * np.eye(len(mean)))
    coded, sign = ~np.isnan(codes), 2 * codes[~np.isnan(codes)] - 1

    def log_likelihood(f: np.ndarray) -> float:
        return float(np.log(0.1 + 0.8 * logistic(sign * (mean + f)[coded])).sum())

    f, total = np.zeros(len(mean)), np.zeros(len(mean))
    if_above = np.where(coded, np.where(codes == 1, 0.9, 0.1), 0.5)
    for step in range(steps):
        other, threshold = root @ random.normal(size=len(mean)), log_likelihood(f) + np.log(random.random())
        angle = random.uniform(0, 2 * np.pi)
        low, high = angle - 2 * np.pi, angle
        while log_likelihood(new := f * np.cos(angle) + other * np.sin(angle)) <= threshold:
            low, high = (angle, high) if angle < 0 else (low, angle)
            angle = random.uniform(low, high)
        f = new
        if step >= steps // 20:
            above = if_above * logistic(mean + f)
            total += above / (above + (1 - if_above) * logistic(-mean - f))
    return total / (steps - steps // 20)


@pytest.mark.slow
@pytest.mark.parametrize("wave", [date(2025, 4, 10), date(2026, 1, 6)])
def test_slice_sampling_agrees_on_who_contributes(
    of_agreed: Roster, agreed: Posterior, april: pd.DataFrame, wave: date
) -> None:
    codes = of_agreed.contributes_on(wave)
    assert 10 <= (~np.isnan(codes)).sum() < len(codes)
    expected = by_slices(*agreed.latent(april), codes, steps=60_000)
    draws = drawn(of_agreed, codes, draws=20_000)
    assert probabilities(draws) == pytest.approx(expected, abs=0.03)
    assert np.abs(probabilities(draws) - expected).mean() < 0.01
    assert draws.effective_size > 20_000


@pytest.mark.parametrize("code", [0.0, 1.0])
def test_of_one_nation_read_the_answer_is_an_integral(
    of_agreed: Roster, agreed: Posterior, april: pd.DataFrame, code: float
) -> None:
    germany = of_agreed.iso3.index("DEU")
    codes = nothing_read(of_agreed)
    codes[germany] = code
    mean, covariance = agreed.latent(april)
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    weights = weights / weights.sum()
    sd = np.sqrt(covariance[germany, germany])
    above = weights @ logistic(mean[germany] + sd * nodes)
    right, wrong = (0.9, 0.1) if code else (0.1, 0.9)
    expected = right * above / (right * above + wrong * (1 - above))
    assert probabilities(drawn(of_agreed, codes, draws=MANY))[germany] == pytest.approx(expected, abs=0.01)


# --- what levels and readings do -------------------------------------------------------------------------


@pytest.mark.parametrize("lever", LEVERS)
def test_a_slope_is_what_a_unit_of_the_level_adds(europe: Roster, lever: str) -> None:
    low, high = (drawn(europe, levels={**APRIL_2025, lever: value}) for value in (0.25, 0.75))
    added = high.disposition - low.disposition
    assert added == pytest.approx(low.slopes[:, :, LEVERS.index(lever)] / 2, abs=1.5 * 2.0**-20)
    assert np.array_equal(low.slopes, high.slopes)


def test_who_commands_moves_members(europe: Roster) -> None:
    nation, nato, eu = (drawn(europe, command=command) for command in ("nation", "NATO", "EU"))
    norway, austria = europe.iso3.index("NOR"), europe.iso3.index("AUT")
    for command, member, other in ((nato, norway, austria), (eu, austria, norway)):
        gained = (command.disposition - nation.disposition).mean(axis=0)
        assert gained[member] > gained[other]


def test_a_nation_that_contributes_raises_itself_and_all_others(europe: Roster) -> None:
    codes = nothing_read(europe)
    codes[europe.iso3.index("DEU")] = 1.0
    before, after = (drawn(europe, read, draws=MANY) for read in (None, codes))
    raised = probabilities(after) - probabilities(before)
    assert (raised > 0.01).all()
    assert europe.iso3[int(np.argmax(raised))] == "DEU"
    codes[europe.iso3.index("DEU")] = 0.0
    assert (probabilities(drawn(europe, codes, draws=MANY)) < probabilities(before)).all()


@pytest.mark.slow
@pytest.mark.parametrize("code", [0.0, 1.0])
def test_a_reading_may_be_wrong_so_nobody_is_certain(europe: Roster, code: float) -> None:
    p = probabilities(drawn(europe, np.full(len(europe.iso3), code), draws=100_000))
    assert p.min() > 0
    assert p.max() < 1


def test_what_is_read_moves_slopes_too(europe: Roster) -> None:
    """Who gives a part where Washington is absent was not waiting for it."""
    before = drawn(europe, draws=MANY).slopes[:, :, 0].mean()
    after = drawn(europe, europe.contributes_on(date(2025, 4, 10)), draws=MANY).slopes[:, :, 0].mean()
    assert after < before - 0.05


def test_how_many_contribute_at_the_start(europe: Roster) -> None:
    """Of 37, Iceland left out; before anything was read 9.7 to 13.2 by how levels are mapped."""
    asked = np.array([code != "ISL" for code in europe.iso3])
    codes = europe.contributes_on(date(2025, 4, 10))
    before, after = (drawn(europe, read, draws=20_000).disposition[:, asked] > 0 for read in (None, codes))
    assert before.sum(axis=1).mean() == pytest.approx(10.9, abs=0.3)
    assert after.sum(axis=1).mean() == pytest.approx(26.0, abs=0.3)


def test_what_lies_beyond_past_coalitions_is_told(europe: Roster, tmp_path: Path) -> None:
    assert drawn(europe).extrapolated == ("danger 1; past coalitions have 0 to 0.95",)
    assert drawn(europe, levels={**APRIL_2025, "danger": 0.9}).extrapolated == ()
    folder = Path(shutil.copytree(EUROPE, tmp_path / "roster"))
    change(folder / "candidates.csv", "TUR,355,", "TUR,4900,")
    assert "capacity of TUR" in drawn(load_roster(folder)).extrapolated


# --- the same bits ---------------------------------------------------------------------------------------


def test_draws_repeat_are_shared_and_are_on_the_grid(europe: Roster) -> None:
    codes = europe.contributes_on(date(2025, 4, 10))
    first = drawn(europe, codes)
    assert drawn(europe, codes) is first
    module._case_draws.cache_clear()
    again = drawn(europe, codes)
    assert again is not first
    for name in ("disposition", "slopes"):
        values = getattr(first, name)
        assert values.tobytes() == getattr(again, name).tobytes()
        assert np.array_equal(values * 2.0**40, np.rint(values * 2.0**40))
        assert not values.flags.writeable
    assert not np.array_equal(drawn(europe, codes, seed=2).disposition, first.disposition)
    assert first.disposition.shape == (2000, 38)
    assert first.slopes.shape == (2000, 38, len(LEVERS))


def test_one_nation_less_changes_no_other_where_nothing_was_read(europe: Roster, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EUROPE, tmp_path / "roster"))
    change(folder / "nations.csv", "LUX,Luxembourg,nation", "LUX,Luxembourg,actor")
    fewer = load_roster(folder)
    kept = [place for place, code in enumerate(europe.iso3) if code in fewer.iso3]
    assert len(kept) == 37
    assert drawn(fewer).disposition == pytest.approx(drawn(europe).disposition[:, kept], abs=1e-10)


def test_the_first_draws_are_no_worse_than_the_others(europe: Roster) -> None:
    """Short ensembles take the first of them."""
    counts = contributors(drawn(europe, europe.contributes_on(date(2026, 1, 6)), draws=MANY))
    assert counts[: MANY // 10].mean() == pytest.approx(counts.mean(), abs=0.3)


# --- another crisis, other past coalitions ---------------------------------------------------------------


def about(coalitions: Coalitions, draws: pd.DataFrame) -> str:
    """Return what posterior.json must say of draws."""
    said = {
        "title": "t",
        "version": "0",
        "date": "2026-01-01",
        "files": {},
        "seed": 1,
        "log_evidence": 0.0,
        **dict.fromkeys(("rows", "coalitions", "cases", "families", "readings"), 1),
        "draws": len(draws),
        "terms": [term.name for term in coalitions.declaration.terms],
        "scales": {"capacity": [2.5, 1.2]},
        "verdicts": {},
    }
    return json.dumps(said)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A roster that learns from five small coalitions: AAA was asked before, ZZX never, XXX is not known."""
    coalitions = load_coalitions(write_coalitions(tmp_path / "past"))
    draws = posterior_draws(coalitions, draws=400, fits=4)
    (tmp_path / "past" / "posterior").mkdir()
    draws.to_parquet(tmp_path / "past" / "posterior" / "draws.parquet")
    (tmp_path / "past" / "posterior" / "posterior.json").write_text(about(coalitions, draws), "utf-8")
    folder = tmp_path / "roster"
    folder.mkdir()
    declared = '"candidates.csv", past = "../past", imputed = ["XXX"]'
    (folder / "roster.toml").write_text(LEAST.replace('"candidates.csv"', declared), "utf-8")
    rows = "".join(f"{code},{code},100,no\n" for code in ("AAA", "XXX", "ZZX"))
    (folder / "nations.csv").write_text(f"iso3,name,sent,approval\n{rows}", "utf-8")
    (folder / "candidates.csv").write_text("iso3,soldiers,nato\nAAA,100,1\nZZX,100,1\n", "utf-8")
    return folder


def small_draws(folder: Path, **given: object) -> CaseDraws:
    usual = {"levels": {"clarity": 0.3}, "command": "NATO", "levers": ("clarity",), "draws": 20_000}
    return drawn(load_roster(folder), **{**usual, **given})


def test_another_roster_learns_from_other_coalitions(small: Path) -> None:
    draws = small_draws(small)
    known, unknown, stranger = draws.disposition.var(axis=0)
    assert known < stranger  # of a habit nothing is known
    assert np.isfinite(unknown)
    assert draws.slopes.shape == (20_000, 3, 1)
    codes = np.array([0.0, np.nan, np.nan])
    assert (probabilities(small_draws(small, read=codes)) < probabilities(draws)).all()


def test_a_nation_of_which_nothing_is_known_counts_as_the_mean(small: Path) -> None:
    unknown = small_draws(small).disposition.mean(axis=0)[1]
    capacity, member = np.exp(2.5), 0.5  # the mean of scales; two of four candidates are members in all
    (small / "candidates.csv").write_text(
        f"iso3,soldiers,nato\nAAA,100,1\nZZX,100,1\nXXX,{capacity},{member}\n", "utf-8"
    )
    assert small_draws(small).disposition.mean(axis=0)[1] == pytest.approx(unknown, abs=1e-9)


# --- mistakes ---------------------------------------------------------------------------------------------


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_level_that_a_term_needs_is_asked_for(europe: Roster) -> None:
    without = {name: value for name, value in APRIL_2025.items() if name != "threat"}
    with pytest.raises(InputError, match="levels: threat is missing, and a term of past coalitions needs it"):
        drawn(europe, levels=without)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"levels": {**APRIL_2025, "thread": 1.0}}, 'must be one of .*, not "thread"; did you mean "threat"'),
        ({"levers": ["clarty"]}, 'must be one of .*, not "clarty"; did you mean "clarity"'),
        (
            {"command": "Nato"},
            'command: must be one of NATO, EU, UN, nation, not "Nato"; did you mean "NATO"',
        ),
    ],
)
def test_an_unknown_level_or_command_is_told(europe: Roster, given: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        drawn(europe, **given)


@pytest.mark.parametrize("read", [[1.0], [0.5] * 38])
def test_readings_are_of_all_nations_and_zero_or_one(europe: Roster, read: list[float]) -> None:
    with pytest.raises(ValueError, match="0, 1 or NaN for each nation"):
        drawn(europe, np.array(read))


def test_readings_that_no_draw_can_fit_are_told(europe: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_of_all(coded: object, mode: np.ndarray, precision: object, size: int, random: object) -> object:
        return np.zeros((size, len(mode))), np.eye(1, size)[0]

    monkeypatch.setattr(readings, "_weighted", one_of_all)
    with pytest.raises(InputError, match=r"what was read of 38 nations .* worth only 1 draws; check the col"):
        drawn(europe, np.ones(38), draws=100)


def _without(name: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda draws: draws.drop(columns=name)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_without("intercept"), r"draws\.parquet: lacks an effect"),
        (_without("clarity"), r"posterior\.json: terms: has not the same terms"),
        (lambda draws: draws.assign(intercept="much"), r"draws\.parquet: .*no number"),
        (
            lambda draws: draws.assign(clarity=np.nan),
            r"draws\.parquet: needs two draws or more, all of finite",
        ),
        (lambda draws: draws.iloc[:1], r"draws\.parquet: needs two draws or more"),
    ],
)
def test_a_damaged_posterior_is_told(
    small: Path, damage: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    file = small.parent / "past" / "posterior" / "draws.parquet"
    damage(pd.read_parquet(file)).to_parquet(file)
    with pytest.raises(InputError, match=message):
        small_draws(small)


def test_a_posterior_cut_short_or_not_there_is_told(small: Path) -> None:
    file = small.parent / "past" / "posterior" / "draws.parquet"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(InputError, match=r"draws\.parquet: cannot be read; it is damaged"):
        small_draws(small)
    file.unlink()
    with pytest.raises(InputError, match=r"draws\.parquet: no such file; coalition calibrate"):
        small_draws(small)


def test_scales_that_are_missing_are_told(small: Path) -> None:
    change(small.parent / "past" / "posterior" / "posterior.json", '"capacity": [', '"capacities": [')
    with pytest.raises(InputError, match=r'posterior\.json: scales: says nothing of "capacity"'):
        small_draws(small)


def test_draws_read_before_are_read_again_where_they_change(small: Path) -> None:
    before = small_draws(small).disposition.mean()
    file = small.parent / "past" / "posterior" / "draws.parquet"
    draws = pd.read_parquet(file)
    draws.assign(intercept=draws["intercept"] + 10.0).to_parquet(file)
    assert small_draws(small).disposition.mean() == pytest.approx(before + 10.0, abs=1e-6)
