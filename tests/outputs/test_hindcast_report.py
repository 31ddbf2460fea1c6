"""A hindcast as its readers see it: report, figures, results folder, command."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from printing import lost
from rich.console import Console

from sim.declarations.words import VERDICTS
from sim.experiments.hindcast.hindcast import (
    hindcast,
    hindcast_cases,
    hindcast_folder,
    simulated_runs,
)
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.hindcast.result import TABLES, HindcastResult
from sim.inputs.hindcast_file import load_hindcast_cases
from sim.outputs.document.terminal import rendered
from sim.outputs.hindcast.figures import FIGURES
from sim.outputs.hindcast.tables import hindcast_report
from sim.outputs.hindcast.words import MEASURED, NOT_IDENTIFIED, fit_line, verdict, verdicts
from sim.results.drawing import save_figures
from sim.results.saving import into_folder

OPTIONS = HindcastOptions(number=120, resamples=200)
Command = Callable[..., Any]
AUTUMN, WINTER, YEAR = "2025-04-10 to 2025-09-04", "2025-09-04 to 2026-01-06", "2025-04-10 to 2026-01-06"


@pytest.fixture(scope="module")
def europe() -> HindcastResult:
    return hindcast("europe-2025", runs=OPTIONS.number, resamples=OPTIONS.resamples)


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory, write_world: Command) -> HindcastResult:
    """Another coalition of which only the joiners of three days are known."""
    folder = write_world(tmp_path_factory.mktemp("joined") / "world", rounds=12).parent
    (folder / "joiners.csv").write_text("iso3,date\nAAX,2025-04-10\nABX,2025-05-09\n")
    file = folder / "elsewhere.toml"
    file.write_text(
        'title = "Elsewhere"\nscenario = "world.toml"\njoiners = "joiners.csv"\n'
        "waves = [{ date = 2025-05-01 }, { date = 2025-05-15 }, { date = 2025-06-15 }]\n"
    )
    return hindcast(file, runs=40, resamples=50)


def printed(result: HindcastResult) -> str:
    console = Console(width=120, file=io.StringIO(), record=True)
    console.print(rendered(hindcast_report(result)))
    return console.export_text()


# Report


def test_the_report_loses_nothing_at_80_columns(europe: HindcastResult, joined: HindcastResult) -> None:
    assert lost(hindcast_report(europe)) == lost(hindcast_report(joined)) == []


def test_the_report_says_first_how_little_it_rests_on(europe: HindcastResult) -> None:
    text = " ".join(printed(europe).split())
    title = "Hindcast: From April 2025 to September and January "
    assert text.startswith(
        f"{title}71 observations, 22 of a changed rung: 27 nations from 10 Apr 2025 to 4 Sep 2025, 7 "
        "changed; 22 nations from 4 Sep 2025 to 6 Jan 2026, 8 changed; 22 nations from 10 Apr "
        "2025 to 6 Jan 2026, 7 changed. Waves that share a day are no independent tests. IN-SAMPLE: the "
        "parameters were fitted to the changes from 10 Apr 2025 to 4 Sep 2025, and from 4 Sep "
        "2025 to 6 Jan 2026. Iceland is left out"
    )


def test_the_report_says_what_the_tables_say(europe: HindcastResult) -> None:
    text = printed(europe)
    keys = ["wave", "variant", "forecast", "score"]
    score = europe.scores.set_index(keys).loc[AUTUMN, "recorded", "model", "rps"]
    assert f"the model               {score.value:.3f} [{score.low:.3f}-{score.high:.3f}]" in text
    keys = ["wave", "variant", "baseline", "score"]
    rows = europe.differences.set_index(keys)
    for variant, label in (
        ("recorded", "as recorded"),
        ("without-interaction", "without interaction"),
        ("list-of-ten", "list-of-ten"),
    ):
        row = rows.loc[AUTUMN, variant, "persistence", "rps"]
        interval = f"{row.difference:+.3f} [{row.low:+.3f} to {row.high:+.3f}]"
        table = text[text.index(f"\n{label}\nthe model minus ") :]
        assert re.search(rf"persistence +{re.escape(interval)}", table.split("\n\n")[0])
    assert "120 runs of each forecast, seed 1, 200 resamples." in text


def test_an_interval_that_covers_0_is_not_identified(europe: HindcastResult) -> None:
    for row in europe.differences.dropna().itertuples():
        told = verdict(row)
        if row.low <= 0 <= row.high:
            assert told == NOT_IDENTIFIED == "not identified by these data"
        else:
            assert told == f"the model is {'better' if row.difference < 0 else 'worse'}"


def difference(variant: str, baseline: str, value: float) -> dict[str, Any]:
    return {"variant": variant, "baseline": baseline, "score": "rps", "difference": value,
            "low": value - 0.1, "high": value + 0.1}  # fmt: skip


def test_a_verdict_states_its_worst_way_of_scoring_first() -> None:
    rows = pd.DataFrame(
        [
            difference("recorded", "persistence", -0.2),
            difference("without-interaction", "persistence", 0.0),
            difference("list-of-ten", "persistence", 0.3),
            difference("recorded", "markov", -0.4),
            difference("without-interaction", "markov", -0.3),
        ]
    )
    (told,) = verdicts(rows)
    assert told == (
        "RPS: at worst the model is worse against persistence (list-of-ten); the model is better against "
        "Markov chain (without interaction). As recorded the model is better against persistence."
    )
    alike = rows[rows["baseline"] == "markov"]
    assert verdicts(alike)[0].endswith("(without interaction). As recorded the same.")


def test_the_largest_misses_are_told_with_the_models_reason(europe: HindcastResult) -> None:
    text = " ".join(printed(europe).split())
    assert re.search(r"Norway: undecided at the start, recorded committed; expected undecided \d+ %", text)
    assert re.search(rf"expected [^.]* \d+ % \((?:{'|'.join(VERDICTS)})\)\. propensity", text)
    assert MEASURED in text
    assert re.search(r"Norway: .* most against joining: its own position \(\d+ % of the runs out\)", text)
    rows = europe.nations.sort_values("rps_model", ascending=False)
    worst = rows[rows["wave"] == AUTUMN]["name"].head(6)
    assert all(f"{name}: " in text for name in worst)


@pytest.mark.parametrize(
    ("fitted", "said"),
    [
        ((), "The parameters are set by hand, not fitted to these positions."),
        (None, "IN-SAMPLE as far as is known"),
        ((f"europe-2025 {WINTER}",), "IN-SAMPLE: the parameters were fitted to the changes from 4 Sep"),
        (("elsewhere 2003-03-20",), "Out of sample: the parameters were fitted to elsewhere 2003-03-20"),
    ],
)
def test_the_label_says_whether_the_positions_were_seen(
    europe: HindcastResult, fitted: tuple[str, ...] | None, said: str
) -> None:
    assert fit_line(replace(europe, fitted_to=fitted)).startswith(said)


def test_a_hindcast_of_joiners_is_told_too(joined: HindcastResult) -> None:
    text = " ".join(printed(joined).split())
    assert "15 observations, 2 of a changed rung: 5 nations from 10 Apr 2025 to 1 May 2025" in text
    assert "recorded not committed" in text or "recorded committed" in text
    assert "Variants: without-interaction" in text


# Figures


@pytest.fixture(scope="module", params=FIGURES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=[pytest.param("europe", marks=pytest.mark.slow), "joined"])
def figure(request: pytest.FixtureRequest, kind: str) -> Figure:
    drawn = FIGURES[kind](request.getfixturevalue(request.param))
    drawn.draw_without_rendering()
    return drawn


def shown(figure: Figure) -> dict[Text, Bbox]:
    """Where every text that is seen is drawn: ticks beyond their axis are not."""
    hidden: set[Artist] = set()
    for axes in figure.findobj(Axes):
        assert isinstance(axes, Axes)
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                hidden.add(tick.label2)
                if not (axes.axison and low <= tick.get_loc() <= high):
                    hidden.add(tick.label1)
    texts = [
        item
        for item in figure.findobj(Text)
        if isinstance(item, Text) and item.get_visible() and item not in hidden
    ]
    return {text: text.get_window_extent() for text in texts if text.get_text().strip()}


def test_nothing_is_clipped(figure: Figure) -> None:
    page = figure.bbox
    for text, box in shown(figure).items():
        inside = page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
        assert inside, text.get_text()


def test_no_text_stands_on_another(figure: Figure) -> None:
    for (one, its), (other, box) in combinations(shown(figure).items(), 2):
        wide = min(its.x1, box.x1) - max(its.x0, box.x0)
        high = min(its.y1, box.y1) - max(its.y0, box.y0)
        assert wide <= 0.5 or high <= 0.5, (one.get_text(), other.get_text())


def test_figures_say_how_much_was_observed_and_how_many_runs(figure: Figure) -> None:
    text = " ".join(" ".join(item.get_text() for item in figure.texts).split())
    assert re.search(r"\d+ observations, \d+ of a changed rung: ", text)
    assert re.search(r"\d+ runs, seed 1, hindcast (europe-2025|elsewhere)\. Data: ", text)
    assert "fitted to" in text


@pytest.mark.slow
def test_the_same_hindcast_gives_the_same_bytes(joined: HindcastResult, tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        written.append([file.read_bytes() for file in save_figures(joined, tmp_path / name)])
    assert written[0] == written[1]
    assert len(written[0]) == 2 * len(FIGURES)


# Results folder


@pytest.mark.slow
def test_a_folder_holds_tables_figures_and_what_was_scored(joined: HindcastResult, tmp_path: Path) -> None:
    declared, cases = load_hindcast_cases(joined.hindcast.folder / "elsewhere.toml")
    given = (declared, cases, (), HindcastOptions(number=30, resamples=20, seed=2))
    seen: list[int] = []
    there = tmp_path / hindcast_folder(*given, csv=True)
    result, folder = into_folder(there, partial(hindcast_cases, *given, seen.append), csv=True)
    assert folder == there
    assert folder.parent == tmp_path / "hindcast" / "elsewhere"
    assert sum(seen) == simulated_runs(declared, given[3])
    assert {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} == {
        "digests.sha256",
        "document.json",
        "manifest.json",
        *(f"{table}.{ending}" for table in TABLES for ending in ("parquet", "csv")),
        *(f"figures/{name}.{ending}" for name in FIGURES for ending in ("png", "svg")),
    }
    again = hindcast_cases(*given)
    for table in TABLES:
        written = pd.read_parquet(folder / f"{table}.parquet")
        pd.testing.assert_frame_equal(written, getattr(again, table), check_exact=True)
        pd.testing.assert_frame_equal(written, getattr(result, table), check_exact=True)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["hindcast"]["name"] == "elsewhere"
    assert [wave["date"] for wave in manifest["hindcast"]["waves"]] == [
        "2025-05-01",
        "2025-05-15",
        "2025-06-15",
    ]
    assert (manifest["runs"], manifest["seed"], manifest["fitted_to"]) == (30, 2, [])
    assert str(tmp_path) not in json.dumps(manifest)


def test_the_id_depends_on_what_was_recorded_and_on_what_is_run(joined: HindcastResult) -> None:
    file = joined.hindcast.folder / "joiners.csv"
    declared, cases = load_hindcast_cases(joined.hindcast.folder / "elsewhere.toml")
    ids = {
        hindcast_folder(declared, cases, (), OPTIONS),
        hindcast_folder(declared, cases, None, OPTIONS),
        hindcast_folder(declared, cases, (), replace(OPTIONS, seed=2)),
        hindcast_folder(declared, cases, (), replace(OPTIONS, resamples=9)),
        hindcast_folder(
            declared, [case.with_overrides({"parameters.reach": 0.3}) for case in cases], (), OPTIONS
        ),
    }
    kept = file.read_text()
    file.write_text(kept.replace("2025-05-09", "2025-05-10"))
    assert hindcast_folder(declared, cases, (), OPTIONS) in ids  # the same is known in every wave
    file.write_text(kept.replace("2025-05-09", "2025-04-20"))
    ids.add(hindcast_folder(declared, cases, (), OPTIONS))
    file.write_text(kept)
    assert len(ids) == 6
    assert hindcast_folder(declared, cases, (), replace(OPTIONS, threads=3)) in ids


def test_what_goes_wrong_leaves_nothing_behind(joined: HindcastResult, tmp_path: Path) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    given = (joined.hindcast, [joined.case] * 3, (), OPTIONS)
    with pytest.raises(KeyboardInterrupt):
        into_folder(tmp_path / hindcast_folder(*given), partial(hindcast_cases, *given, stop))
    assert list(tmp_path.iterdir()) == []


# Command


@pytest.mark.slow
def test_the_command_prints_the_report_and_where_the_results_are(coalition: Command) -> None:
    ended = coalition("hindcast", "--runs", 25, "--seed", 3, "--csv", "--set", "washington.involvement=0.2")
    assert ended.code == 0, ended.err
    assert "71 observations" in ended.out
    assert "25 runs of each forecast, seed 3" in ended.out
    folder = Path(ended.out.splitlines()[-1].removeprefix("results: "))
    assert folder.parent == Path("results/hindcast/europe-2025")
    assert (folder / "nations.csv").exists()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["events"][0]["title"] == "set: washington.involvement = 0.2"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no-such",), "no such file, and no bundled hindcast of this name: europe-2025"),
        (("--runs", "0"), "--runs: "),
        (("--set", "washington.involvment=1"), "washington.involvment"),
        (("--set", "rounds=30"), "waves[2].date: 2026-01-06 is round 38 of the scenario hindcast-2025"),
        (("--parameters", "no-such.toml"), "no-such.toml: no such file"),
    ],
)
def test_mistakes_are_told_in_one_line(coalition: Command, arguments: tuple[str, ...], said: str) -> None:
    ended = coalition("hindcast", *arguments)
    assert ended.code == 2
    (line,) = [line for line in ended.err.splitlines() if not line.startswith("compiling")]
    assert line.startswith("coalition: ")
    assert said in line
    assert not Path("results").exists()
