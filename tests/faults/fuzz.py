"""Feed damaged files to the program: it takes them, or says in one line what is wrong, and nothing else.

    python tests/faults/fuzz.py --files 20000 --seed 1

Scenarios, sweeps, rosters, parameters, priors and hindcasts that come with the program are damaged as
people damage them (a value, a key, a cell, a line) and as disks do (bytes). Each is then read and, if it is
accepted, run. A defect is anything but an answer or an `InputError` that names file and key: an exception, a
warning, more than LIMIT seconds, a file written elsewhere; in the script also more than 1 GB of memory.
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

from sim.experiments.run import RunOptions, simulate_case
from sim.experiments.sweep.evaluate import Runs, estimate_points
from sim.experiments.sweep.sweep import plan_sweep
from sim.inputs.bundled import scenarios_folder
from sim.inputs.case import Case, load_case
from sim.inputs.errors import LONGEST, InputError
from sim.inputs.evidence import evidence
from sim.inputs.hindcast_file import load_hindcast_case
from sim.inputs.map_file import read_map
from sim.inputs.parameters import load_parameters
from sim.inputs.prior import load_prior

LIMIT = 20.0
"""Seconds that a file may take."""

MEMORY = 2**30
"""Bytes beyond those that the program takes before it has read anything."""

SHOWN_EVERY = 150
"""Of how many runs one is also written, printed, drawn and reported."""

BASE = "brussels-2025-04"
Chance = random.Random
Damage = Callable[[str, Chance], str]

# --- what files are damaged with ------------------------------------------------------------------------

VALUES = (
    *("0", "-1", "1", "0.5", "2", "-0.0", "1e308", "1e-320", "inf", "-inf", "nan", "10001", "99999999999999999999"),
    *("0x" + "f" * 4000, "true", "2025-04-10", "0001-01-01", "9999-12-31", "12:00:00", "2025-04-10T00:00:00Z"),
    *('""', '"x"', "''", '"open"', '"committed"', '"UKR"', '"none"', '"brussels-2025-04"', '"rosters/europe-2025"'),
    *('"../../../etc/passwd"', '"/etc/passwd"', '"/dev/zero"', '".."', '"."', '"a\\u0000b"', '"CON"', '"~"'),
    *('"\\u001b[31mred"', '"\\u202egnp"', '"[/bold]"', '"[red]"', '"<script>alert(1)</script>"', '"=1+1"', '"@x"'),
    *('"$x$"', '"{0}"', '"%s%n"', '"\\n"', '"' + "n" * 300 + '"', '"é"', '"\\U0001F600"', '"\\uFFFE"'),
    *("[]", "[[]]", "[1]", "[1, 0]", '["NLD"]', '[["a"]]', "[nan, inf]", "[" * 80 + "]" * 80, "[0.1, 0.2, 0.3]"),
    *("{}", "{ a = 1 }", "{ committed = 1 }", '{ table = "nations.csv" }', '{ column = "gdp" }', "{ x = {} }"),
)  # fmt: skip
KEYS = (
    *("title", "rounds", "start", "events", "nations", "extends", "roster", "parameters", "observed", "date"),
    *("washington.involvement", "nations.NLD.position", "nations.XXX.held", "round", "a.b.c.d", '""', "'x y'"),
    *("path", "range", "values", "steps", "scale", "design", "points", "list", "runs", "base", "value", "where"),
)
LINES = ("[washington]", "[[events]]", "[[levers]]", "[nations.NLD]", "[a.b]", "]]", '"""', "= 1", "x", "#", "\\")
CELLS = (
    *("", " ", "0", "-1", "1e400", "nan", "inf", "1_000", "x", '"', '""', "'", ";", "a,b", "NLD", "nld", "XXX"),
    *("committed", "2025-04-10", "2025-13-01", "\x1b[31m", "\u202e", "=1+1", "\0", "[/red]", "<b>", "9" * 400, "é"),
)


# --- how they are damaged -------------------------------------------------------------------------------


def damaged(content: bytes, name: str, others: Sequence[bytes], chance: Chance) -> bytes:
    """Return a file's content with one to four mistakes in it."""
    for _ in range(chance.choice((1, 1, 1, 1, 2, 4))):
        if chance.random() < 0.25:
            content = chance.choice(BYTES)(content, chance.choice(others), chance)
        else:
            kinds = CSV if name.endswith(".csv") else JSON if name.endswith("json") else TOML
            text = content.decode("utf-8", "surrogateescape")
            content = chance.choice(kinds)(text, chance).encode("utf-8", "surrogateescape")
    return content


def _other_value(text: str, chance: Chance) -> str:
    return _one_of(r"(?<== )[^\n]+", text, chance.choice(VALUES), chance)


def _other_scalar(text: str, chance: Chance) -> str:
    return _one_of(r"\"[^\"\n]*\"|\b\d[\d.-]*\b|\btrue\b|\bfalse\b", text, chance.choice(VALUES), chance)


def _other_key(text: str, chance: Chance) -> str:
    return _one_of(r"(?m)^[\w.-]+(?= *=)", text, chance.choice(KEYS), chance)


def _misspelt(text: str, chance: Chance) -> str:
    words = list(re.finditer(r"\w{2,}", text))
    if not words:
        return text
    place = chance.choice(words).start()
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _with_pair(text: str, chance: Chance) -> str:
    return _with_line(text, f"{chance.choice(KEYS)} = {chance.choice(VALUES)}", chance)


def _with_odd_line(text: str, chance: Chance) -> str:
    return _with_line(text, chance.choice(LINES), chance)


def _without_line(text: str, chance: Chance) -> str:
    lines = text.split("\n")
    del lines[chance.randrange(len(lines))]
    return "\n".join(lines)


def _line_again(text: str, chance: Chance) -> str:
    return _with_line(text, chance.choice(text.split("\n")), chance)


def _cut(text: str, chance: Chance) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _other_cell(text: str, chance: Chance) -> str:
    lines = text.split("\n")
    place = chance.choice((0, chance.randrange(len(lines)), chance.randrange(len(lines))))
    cells = lines[place].split(",")
    cells[chance.randrange(len(cells))] = chance.choice(CELLS)
    lines[place] = ",".join(cells)
    return "\n".join(lines)


def _without_column(text: str, chance: Chance) -> str:
    lines = [line.split(",") for line in text.split("\n")]
    place = chance.randrange(len(lines[0]))
    return "\n".join(",".join(cells[:place] + cells[place + 1 :]) for cells in lines)


def _other_token(text: str, chance: Chance) -> str:
    token = chance.choice(('"x"', "-1", "1e999", "null", "[]", "{}", "NaN", "[" * 2000, "}", '"\\u001b"', "9" * 5000))
    return _one_of(r"\"[^\"]*\"|-?\d[\d.]*", text, token, chance)


def _one_of(pattern: str, text: str, new: str, chance: Chance) -> str:
    """Return a text with one of the places that match a pattern replaced."""
    found = list(re.finditer(pattern, text))
    if not found:
        return text + new
    place = chance.choice(found)
    return text[: place.start()] + new + text[place.end() :]


def _with_line(text: str, line: str, chance: Chance) -> str:
    lines = text.split("\n")
    lines.insert(chance.randrange(len(lines) + 1), line)
    return "\n".join(lines)


TOML: Sequence[Damage] = (
    *(_other_value, _other_value, _other_scalar, _other_scalar, _other_key, _misspelt, _with_pair),
    *(_with_odd_line, _without_line, _line_again, _cut),
)
CSV: Sequence[Damage] = (_other_cell, _other_cell, _other_cell, _misspelt, _without_column, _without_line, _line_again)
JSON: Sequence[Damage] = (_other_token, _other_token, _without_line, _cut)


def _flipped(content: bytes, _: bytes, chance: Chance) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]


def _with_noise(content: bytes, _: bytes, chance: Chance) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.randbytes(chance.randrange(1, 40)) + content[place:]


def _without_slice(content: bytes, _: bytes, chance: Chance) -> bytes:
    first, last = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:first] + content[last:]


def _repeated_slice(content: bytes, _: bytes, chance: Chance) -> bytes:
    first = chance.randrange(len(content) + 1)
    piece = content[first : first + chance.randrange(1, 200)]
    return content[:first] + piece * chance.choice((2, 3, 50)) + content[first:]


def _spliced(content: bytes, other: bytes, chance: Chance) -> bytes:
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


def _otherwise_encoded(content: bytes, _: bytes, chance: Chance) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-8-sig", "latin-1", "utf-7")), "replace")


def _nothing_left(content: bytes, other: bytes, chance: Chance) -> bytes:
    return chance.choice((b"", b"\n", b"\0", b"\xff\xfe", other, chance.randbytes(100)))


BYTES = (_flipped, _flipped, _with_noise, _without_slice, _repeated_slice, _spliced, _otherwise_encoded, _nothing_left)


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
    return load_hindcast_case(file)[1].with_overrides({"rounds": 20})


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


POINTS = "washington.involvement,parameters.b_threat\n0.1,0.5\n0.9,1.5\n"
LISTED = 'title = "Points"\nbase = "brussels-2025-04"\ndesign = "list"\nlist = "points.csv"\nruns = 2\n'
ROSTER = "rosters/europe-2025"


@cache
def subjects() -> tuple[tuple[str, Subject], ...]:
    """Return what there is to damage, each with its kind; kinds come up alike."""
    folder = scenarios_folder()

    def alone(kind: str, pattern: str, use: Callable[[Path], Case | None]) -> Iterator[tuple[str, Subject]]:
        for file in sorted(folder.glob(pattern)):
            yield kind, Subject({file.name: file.read_bytes()}, (file.name,), file.name, use)

    roster = {f"roster/{file.name}": _of_few_nations(file) for file in sorted((folder / ROSTER).iterdir())}
    world = (folder / f"{BASE}.toml").read_text("utf-8").replace(f'"{ROSTER}"', '"roster"')
    tables = ("roster.toml", "nations.csv", "positions.csv", "conditions.csv", "ties.csv", "sources.csv", "europe.geojson")
    points = {"list.toml": LISTED.encode(), "points.csv": POINTS.encode()}
    return (
        *alone("scenario", "*.toml", use_scenario),
        *alone("sweep", "sweeps/*.toml", use_sweep),
        ("sweep", Subject(points, tuple(points), "list.toml", use_sweep)),
        *alone("parameters", "parameters/default.toml", use_parameters),
        *alone("prior", "parameters/prior.toml", use_prior),
        *alone("hindcast", "hindcasts/*.toml", use_hindcast),
        *(
            ("roster", Subject({"world.toml": world.encode(), **roster}, (f"roster/{table}",), "world.toml", use_roster))
            for table in tables
        ),
    )


FEW = {"FRA", "GBR", "NLD", "POL", "TUR", "CAN", "IRL", "EST", "DEU", "AUS", "HUN", "LVA", "LTU", "RUS", "USA"}
CODE = re.compile(r"^[A-Z]{3}$")


def _of_few_nations(file: Path) -> bytes:
    """Return a file of the roster with few nations: it is read faster, and damage hits more of what counts."""
    if file.suffix == ".geojson":
        collection = json.loads(file.read_text("utf-8"))
        some = [shape for shape in collection["features"] if shape["properties"]["iso3"] in {"EST", "IRL", "CAN"}]
        return json.dumps({**collection, "features": some}, indent=0).encode()
    if file.suffix != ".csv":
        return file.read_bytes()
    rows = [line for line in file.read_text("utf-8").split("\n") if _codes(line) <= FEW]
    return "\n".join(rows).encode()


def _codes(line: str) -> set[str]:
    """Return the nations that a row is about: a row of ties begins with two of them."""
    return {cell for cell in line.split(",")[:2] if CODE.match(cell)}


SHARES = {"scenario": 6, "sweep": 5, "roster": 5, "parameters": 2, "prior": 1, "hindcast": 1}


def write_damaged(folder: Path, chance: Chance) -> tuple[str, Subject, str]:
    """Write the files of a subject, one of them damaged; return its kind and which file."""
    kind = chance.choices(list(SHARES), list(SHARES.values()))[0]
    subject = chance.choice([subject for name, subject in subjects() if name == kind])
    for name, content in subject.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    name = chance.choice(subject.damaged)
    others = [content for _, other in subjects() for content in other.files.values()]
    (folder / name).write_bytes(damaged(subject.files[name], name, others, chance))
    return kind, subject, name


# --- what may not happen --------------------------------------------------------------------------------

WHOLE_FILE = re.compile(
    "not valid TOML|not UTF-8|nested |no such file|is a folder|larger than|is no JSON|is no GeoJSON|no rows|"
    "is empty; the first line|not readable as CSV|cannot be read as CSV|the line has .* cells|names .* columns|"
    "has .* cells;|holds the control character|holds [0-9,]+ points|unknown parameter|a sweep needs factors|gives no prior|Is a directory"
)
"""Problems of a file rather than of a key in it."""

PLACES = re.compile(r"^(?P<file>.+?\.(?:toml|csv|geojson))(?::\d+)?: (?P<rest>.+)$")


def check_message(error: InputError, folder: Path) -> None:
    """See that a message is one line for people which names the file and, where there is one, the key."""
    said = str(error)
    assert said.isprintable(), f"not printable: {said!r}"
    assert len(said) <= LONGEST + 10, f"{len(said)} characters"
    assert said.startswith((str(folder), str(scenarios_folder()))), f"names no file: {said}"
    assert error.key or WHOLE_FILE.search(error.problem), f"names no key: {said}"


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

    from sim.outputs.report import write_report
    from sim.outputs.store import run_into_folder
    from sim.outputs.tables import run_report

    result, folder = run_into_folder(case, RunOptions(runs=2, threads=1), out, csv=True)
    printed = io.StringIO()
    Console(file=printed, force_terminal=True, width=80).print(run_report(result))
    assert "\x1b]" not in printed.getvalue()
    write_report(folder)


def try_one(number: int, seed: int, folder: Path) -> tuple[str, str]:
    """Damage, read and run a file; return its kind and what came of it. AssertionError and others: a defect."""
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
        if case is not None:
            simulate_case(case, RunOptions(runs=2, threads=1), lambda _first, _records: None)
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
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a defect
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
    tell(f"{given.files} files, {time.monotonic() - started:.0f} s, peak {before:.0f} -> {_megabytes():.0f} MB")
    return 1 if counted["", "defect"] else 0


if __name__ == "__main__":
    sys.exit(main())
