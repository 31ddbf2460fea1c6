"""Feed damaged files to the program: it takes them, or says in one line what is wrong, and nothing else.

    python tests/faults/fuzz.py --files 20000 --seed 1

Scenarios, sweeps, lists of points, rosters, parameters, priors, hindcasts, patterns, questions, coalitions
and forecasts are damaged (see `damage.py`), then read and, if they are accepted, run; stored results are
drawn and reported. A defect is anything but an answer or an `InputError` that names file and key: another
exception, a warning, more than LIMIT seconds of computing, a file written elsewhere; in the script, where
memory is limited, also more than 1 GB of it.
The same seed damages the same files in the same way.
"""

import argparse
import faulthandler
import io
import json
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from damage import Chance, damaged
from signing import sign

from sim.declarations.parameters import PARAMETERS
from sim.experiments.evidence.draws import posterior_draws
from sim.experiments.evidence.forecast import forecast
from sim.experiments.evidence.left_out import leave_families_out
from sim.experiments.runs import Runs
from sim.experiments.simulate import simulate_case
from sim.experiments.sweep.evaluate import estimate_points
from sim.experiments.sweep.sweep import plan_sweep
from sim.inputs.bundled import scenarios_folder
from sim.inputs.case import Case, load_case
from sim.inputs.characters import printable
from sim.inputs.coalitions.asked_file import load_asked
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import LONGEST, InputError
from sim.inputs.evidence import evidence
from sim.inputs.hindcast_file import load_hindcast_cases
from sim.inputs.map_file import read_map
from sim.inputs.parameters import load_parameters
from sim.inputs.patterns_file import load_patterns
from sim.inputs.prior import load_prior
from sim.inputs.questions import load_questions
from sim.outputs.document.terminal import rendered
from sim.outputs.redraw import Wanted, redraw
from sim.outputs.report import write_report
from sim.results.kept import FILE, write_document
from sim.results.result import load_result
from sim.system.failures import Failure
from sim.system.folders import DIGESTS, adding_to
from sim.system.manifests import MANIFEST

LIMIT = 20.0
"""Seconds that a file may take."""

MEMORY = 2**30
"""Bytes beyond those that the program takes before it has read anything."""

SHOWN_EVERY = 250
"""Of how many runs one is also written, printed, drawn and reported."""

BASE = "brussels-2025-04"


# --- what is done with them -----------------------------------------------------------------------------


def use_scenario(file: Path) -> Case:
    case = load_case(file)
    return case.with_overrides({"rounds": min(case.scenario.rounds, 20)})


def use_sweep(file: Path) -> None:
    plan = plan_sweep(file, runs=2)
    base = plan.base.with_overrides({"rounds": min(plan.base.scenario.rounds, 10)})
    estimate_points((base, Runs(2, 1), plan.outcomes), plan.points.iloc[:3])


def use_roster(file: Path) -> Case:
    case = use_scenario(file)
    evidence(case.roster.folder, case.roster.iso3[0])
    if case.roster.map_file:
        read_map(case.roster.map_file)
    return case


def use_parameters(file: Path) -> Case:
    return replace(base_case(), parameters=load_parameters(file))


def use_prior(file: Path) -> None:
    for parameter in load_prior(file).parameters:
        _ = parameter.moments


def use_hindcast(file: Path) -> Case:
    return load_hindcast_cases(file)[1][0].with_overrides({"rounds": 20})


def use_patterns(file: Path) -> Case:
    patterns = load_patterns(file)
    case = patterns.case(patterns.patterns[0].checks[0].of[0])
    return case.with_overrides({"rounds": min(case.scenario.rounds, 20)})


def use_questions(file: Path) -> None:
    load_questions(file).of_case(base_case())


def use_coalitions(file: Path) -> None:
    coalitions = load_coalitions(file.parent)
    leave_families_out(coalitions)
    posterior_draws(coalitions, draws=4, fits=2)


def use_asked(file: Path) -> None:
    forecast(load_asked(file))


def use_results(folder: Path) -> None:
    """Load, draw and report results that others have made up."""
    sign(folder)
    load_result(folder)
    list(redraw([folder], Wanted(figures=(FIGURE[folder.name],), formats=("svg",))))
    write_report(folder)


@cache
def base_case() -> Case:
    return load_case(BASE, ["rounds=20"])


@dataclass(frozen=True)
class Subject:
    """Files of one kind: those that are damaged, the folder's others, and what is done with the first."""

    files: dict[str, bytes]
    damaged: tuple[str, ...]
    read: str
    use: Callable[[Path], Case | None]


POINTS = """\
# points, by hand
washington__involvement,parameters.reach,mandate.purpose
backstop,0.5,deterrence

0.9,1.5,reassurance
"""
PATTERNS = """\
title = "Facts"
[changes]
"a signal" = { "washington.involvement" = 0.9, "nations.UK.held" = "out" }
"a truce" = { ceasefire = 0.5 }
[[patterns]]
number = 1
statement = "A signal raises joining"
source = "somebody"
kind = "evidence"
[[patterns.checks]]
statement = "members gained"
measure = "members"
nations = ["GBR", "France"]
of = [{ scenario = "brussels-2025-04", with = ["a signal", "a truce"], on = 2025-06-01 }]
less = [{ scenario = "us-backstop" }]
more_than = 0.5
"""
LISTED = 'title = "Points"\nbase = "brussels-2025-04"\ndesign = "list"\nlist = "points.csv"\nruns = 2\n'
ROSTER = "rosters/europe-2025"
TABLES = ("nations", "candidates", "positions", "conditions", "sources")


EXAMPLES = Path(__file__).parents[1] / "outputs" / "examples"
FIGURE = {
    "run": "joining",
    "comparison": "nation-differences",
    "explanation": "persuade",
    "hindcast": "reliability",
    "calibration": "marginals",
    "cross-validation": "out-of-sample",
    "evidence": "coefficients",
    "left-out": "left-out",
    "sensitivity": "total-effects-size",
    "sweep-of-one": "lines",
    "sweep-of-two": "phase-diagram",
}
"""Results that are read, by the name of their folder, and what is drawn of them."""

KEPT = """{"command": "coalition sweep x", "document": {"title": "Found", "blocks": ["All.", {"note": "No."},
{"facts": [{"name": "a", "value": "1"}]}, {"points": [{"text": "b"}]},
{"heading": "A", "blocks": [{"headings": ["n"], "rows": [[{"text": "1", "value": 1.0}]]}]}]}}"""


def _results(name: str) -> Subject:
    """Return results; their manifest is damaged as often as all of their other files."""
    kept = {
        f"out/{name}/{file.relative_to(EXAMPLES / name)}": file.read_bytes()
        for file in sorted((EXAMPLES / name).rglob("*"))
        if file.is_file() and file.name != DIGESTS
    }
    files = {**kept, f"out/{name}/{FILE}": KEPT.encode()}
    damaged_files = (*files, *[f"out/{name}/{MANIFEST}"] * (len(files) - 2))
    return Subject(files, damaged_files, f"out/{name}", use_results)


def _parameters() -> bytes:
    """Return a file of all parameters as they are declared."""
    tables = [f'[{name}]\nvalue = {each.value}\nsource = "{name}"\n' for name, each in PARAMETERS.items()]
    return "".join(tables).encode()


def _priors() -> bytes:
    """Return a file of all priors as they are declared."""
    text = ""
    for name, prior in ((name, each.prior) for name, each in PARAMETERS.items()):
        if prior and prior.distribution:
            numbers = "".join(f"{key} = {value}\n" for key, value in prior.numbers.items())
            text += f'[{name}]\ndistribution = "{prior.distribution}"\n{numbers}reason = "{name}"\n'
    return text.encode()


@cache
def subjects() -> tuple[tuple[str, Subject], ...]:
    """Return what there is to damage, each with its kind; kinds come up alike."""
    folder = scenarios_folder()
    mpl.get_cachedir(), mpl.get_configdir()  # made now, not when something is drawn

    def alone(kind: str, pattern: str, use: Callable[[Path], Case | None]) -> Iterator[tuple[str, Subject]]:
        for file in sorted(folder.glob(pattern)):
            yield kind, Subject({file.name: file.read_bytes()}, (file.name,), file.name, use)

    roster = {f"roster/{file.name}": _of_few_nations(file) for file in sorted((folder / ROSTER).iterdir())}
    world = (folder / f"{BASE}.toml").read_text("utf-8").replace(f'"{ROSTER}"', '"roster"')
    tables = ("roster.toml", *(f"{name}.csv" for name in TABLES), "europe.geojson")
    files = {"world.toml": world.encode(), **roster}
    past, asked = _few_coalitions(), _asked()
    points = {"list.toml": LISTED.encode(), "points.csv": POINTS.encode()}
    return (
        *alone("scenario", "*.toml", use_scenario),
        *alone("sweep", "sweeps/*.toml", use_sweep),
        *(("list", Subject(points, (name,), "list.toml", use_sweep)) for name in points),
        ("parameters", Subject({"p.toml": _parameters()}, ("p.toml",), "p.toml", use_parameters)),
        ("prior", Subject({"p.toml": _priors()}, ("p.toml",), "p.toml", use_prior)),
        *alone("hindcast", "hindcasts/*.toml", use_hindcast),
        ("patterns", Subject({"p.toml": PATTERNS.encode()}, ("p.toml",), "p.toml", use_patterns)),
        *alone("questions", "explain/*.toml", use_questions),
        *(("coalitions", Subject(past, (name,), "past/evidence.toml", use_coalitions)) for name in past),
        *(("forecast", Subject(asked, (name,), "unifil2006.toml", use_asked)) for name in asked),
        *(("results", _results(name)) for name in FIGURE),
        *(("roster", Subject(files, (f"roster/{name}",), "world.toml", use_roster)) for name in tables),
    )


PAST = ("kfor1999", "takuba2020", "efp2017", "unifil2006")


def _few_coalitions() -> dict[str, bytes]:
    """Return past coalitions, few of them, each of few nations."""
    folder, files = scenarios_folder() / "coalitions", {}
    for name in ("evidence.toml", "cases.csv", "levels.csv", "participation.csv", "covariates.csv"):
        header, *rows = (folder / name).read_text("utf-8").split("\n")
        if name.endswith(".csv"):
            rows = [row for row in rows if row.startswith(PAST) and _candidate(row) in FEW | {""}]
        files[f"past/{name}"] = "\n".join([header, *rows]).encode()
    return files


def _candidate(line: str) -> str:
    """Return the nation in the third cell, nothing where that is none."""
    cell = line.split(",")[2]
    return cell if CODE.match(cell) else ""


def _asked() -> dict[str, bytes]:
    folder = scenarios_folder() / "forecasts"
    return {name: (folder / name).read_bytes() for name in ("unifil2006.toml", "unifil2006.csv")}


FEW = {"AUS", "CAN", "EST", "FRA", "GBR", "HUN", "IRL", "ISL", "LTU", "LVA", "NLD", "POL", "RUS", "USA"}
CODE = re.compile(r"^[A-Z]{3}$")


def _of_few_nations(file: Path) -> bytes:
    """Return a file of the roster with few nations: damage hits more of what counts."""
    if file.suffix == ".geojson":
        collection = json.loads(file.read_text("utf-8"))
        return json.dumps({**collection, "features": collection["features"][:3]}, indent=0).encode()
    if file.suffix != ".csv":
        return file.read_bytes()
    rows = [line for line in file.read_text("utf-8").split("\n") if _codes(line) <= FEW]
    return "\n".join(rows).encode()


def _codes(line: str) -> set[str]:
    """Return the nations that a row is about: a row of ties begins with two of them."""
    return {cell for cell in line.split(",")[:2] if CODE.match(cell)}


SHARES = {
    "scenario": 6,
    "sweep": 4,
    "list": 3,
    "roster": 5,
    "parameters": 2,
    "prior": 1,
    "hindcast": 1,
    "patterns": 2,
    "questions": 2,
    "coalitions": 3,
    "forecast": 1,
    "results": 3,
}


def write_damaged(folder: Path, chance: Chance) -> tuple[str, Subject, str]:
    """Write the files of a subject, one of them damaged; return its kind and which file."""
    kind = chance.choices(list(SHARES), list(SHARES.values()))[0]
    subject = chance.choice([subject for name, subject in subjects() if name == kind])
    for name, content in subject.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    name = chance.choice(subject.damaged)
    others = [content for _, other in subjects() for content in other.files.values()]
    (folder / name).write_bytes(damaged(subject.files[name], name, others, chance))
    return kind, subject, name


# --- what may not happen --------------------------------------------------------------------------------

WHOLE_FILE = re.compile(
    "not valid TOML|not UTF-8|nested |no such file|is a folder|larger than|is no JSON|is no GeoJSON|"
    "is empty; the first line|not readable as CSV|cannot be read|the line has .* cells|names .* columns|"
    "has .* cells;|holds the control character|holds no points|is not a regular file|separated by|"
    "unknown parameter|gives no prior|a sweep needs factors"
)
"""Problems of a file rather than of a key in it."""

ELSEWHERE = (str(scenarios_folder()), "/etc/passwd", "/dev/zero")
"""Where files are that those that are damaged may name."""


def check_message(error: InputError, folder: Path) -> None:
    """See that a message is one line for people which names the file and, where there is one, the key."""
    said = str(error)
    assert said.isprintable(), f"not printable: {said!r}"
    assert len(said) <= LONGEST + 10, f"{len(said)} characters"
    assert said.startswith((str(folder), *ELSEWHERE)), f"names no file: {said}"
    assert error.key or WHOLE_FILE.search(error.problem), f"names no key: {said}"


def check_failure(failure: Failure, folder: Path) -> None:
    """See that a failure is one line for people which names the file and a way on."""
    said = printable(str(failure))  # as the command prints it
    assert len(said) <= LONGEST, f"{len(said)} characters"
    assert "\n" not in str(failure), f"not one line: {said}"
    assert said.startswith(str(folder)), f"names no file: {said}"
    assert failure.way_on, f"names no way on: {said}"


class Writes:
    """Notes every file that is opened for writing, made, moved or removed outside of a folder."""

    def __init__(self) -> None:
        self.allowed: tuple[str, ...] | None = None
        self.elsewhere: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.allowed is None or event not in {"open", "os.mkdir", "os.rename", "os.remove", "os.symlink"}:
            return
        path, *rest = arguments
        reads = event == "open" and not (set(str(rest[0])) & set("wxa+") or (rest[1] or 0) & 0o3)
        if not reads and isinstance(path, str | Path) and not str(path).startswith(self.allowed):
            self.elsewhere.append(f"{event} {path}")

    @contextmanager
    def only_in(self, *folders: Path) -> Iterator[None]:
        self.allowed, self.elsewhere = (*map(str, folders), "/dev/null"), []
        try:
            yield
        finally:
            self.allowed = None
        assert not self.elsewhere, f"written elsewhere: {self.elsewhere}"


@cache
def writes() -> Writes:
    """Return the one listener of this process: it cannot be taken back."""
    return Writes()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what computes longer; what others on the machine take does not count."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def show(case: Case, out: Path) -> None:
    """Write, print, draw and report a run."""
    from rich.console import Console

    from sim.experiments.run import run_into_folder
    from sim.outputs.tables import run_report

    result, folder = run_into_folder(case, Runs(2, threads=1), out, csv=True)
    printed = io.StringIO()
    document = run_report(result)
    Console(file=printed, force_terminal=True, width=80).print(rendered(document))
    assert "\x1b]" not in printed.getvalue()
    with adding_to(folder):
        write_document(document, folder, "")
    write_report(folder)


def try_one(number: int, seed: int, folder: Path) -> tuple[str, str]:
    """Damage, read and run a file; return its kind and what came of it; raise what is a defect."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311
    kind, subject, _ = write_damaged(folder, chance)
    out = folder / "out"
    with warnings.catch_warnings(), within(LIMIT), writes().only_in(out):
        warnings.simplefilter("error")
        try:
            case = subject.use(folder / subject.read)
        except InputError as error:
            check_message(error, folder)
            return kind, "rejected"
        except Failure as failure:
            check_failure(failure, folder)
            return kind, "rejected"
        if case is not None:
            simulate_case(case, Runs(2, threads=1), lambda _first, _records: None)
            if number % SHOWN_EVERY == 0:
                show(case, out)
    return kind, "accepted"


def fuzz(numbers: Sequence[int], seed: int, tell: Callable[[str], object]) -> Counter[tuple[str, str]]:
    """Try many files; tell of each defect, with its files kept to look at, and count what came of them."""
    counted: Counter[tuple[str, str]] = Counter()
    for number in numbers:
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        faulthandler.dump_traceback_later(10 * LIMIT, exit=True)  # should it wait rather than compute
        try:
            counted[try_one(number, seed, folder)] += 1
        except Exception as error:
            counted["", "defect"] += 1
            last = traceback.extract_tb(error.__traceback__)[-1]
            tell(f"{number}: {type(error).__name__}: {error} ({last.filename}:{last.lineno}); see {folder}")
            continue
        finally:
            faulthandler.cancel_dump_traceback_later()
        shutil.rmtree(folder)
    return counted


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Fuzz as the command line says; 1 if there was a defect."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=20_000, help="how many files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first: to try one again")
    given = parser.parse_args()

    def tell(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    with tempfile.TemporaryDirectory() as folder:
        show(base_case(), Path(folder))  # compiled and loaded now, so that limits are about files
    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        size = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    started, before = time.monotonic(), _megabytes()
    counted = fuzz(range(given.first, given.first + given.files), given.seed, tell)
    for (kind, what), count in sorted(counted.items()):
        tell(f"{kind or '-'} {what}: {count}")
    tell(
        f"{given.files} files, {time.monotonic() - started:.0f} s, peak {before:.0f} -> {_megabytes():.0f} MB"
    )
    return 1 if counted["", "defect"] else 0


if __name__ == "__main__":
    sys.exit(main())
