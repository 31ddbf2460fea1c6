"""What the system refuses, at any call, ends in one line or well; `refusals.py` tries all of them."""

import errno
import sys
from pathlib import Path

import pytest
from refusals import Refusal, in_place, trial

from sim.system import calls

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="what systems refuse differs")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sweep", "report", "verify"])
def test_whatever_call_is_refused_a_command_ends_in_one_line_and_then_goes_on(
    tmp_path: Path, name: str
) -> None:
    tried = trial(name, tmp_path)
    calls_of = {call: [at for at, other in enumerate(tried.names) if other == call] for call in tried.names}
    chosen = [Refusal(places[len(places) // 2], errno.EIO) for places in calls_of.values()]
    chosen += [Refusal(at, errno.ENOSPC, lasts=True) for at in calls_of.get("write", [])[-1:]]
    for number, refusal in enumerate(chosen):
        assert tried.fail(refusal, tmp_path / str(number)) == "", refusal


def test_the_call_that_is_to_fail_fails_and_no_other() -> None:
    @calls.call
    def ask(number: int) -> int:
        return number

    with in_place(Refusal(at=1)) as refusal:
        assert ask(1) == 1
        with pytest.raises(OSError, match="Input/output error"):
            ask(2)
        assert ask(3) == 3
    assert (refusal.count, refusal.failed) == (3, "ask")
    assert ask(4) == 4
    assert refusal.count == 3
