"""The `coalition` command: a module a command."""

import sys

from sim.system.signals import heard, leave

STOPPED = "stopped; what was not finished is thrown away"


def main() -> None:
    """Run the command; however it ends, by a mistake or a signal, it says so in one line and an exit code."""
    with heard() as stopping:
        try:
            from sim.cli.program import run_process  # noqa: PLC0415 - Ctrl-C may come while it loads

            sys.exit(run_process(sys.argv[1:]))
        except KeyboardInterrupt as stop:
            print(f"coalition: {str(stop) or STOPPED}", file=sys.stderr)
            leave(stopping.exit_code)
        except Exception:  # what is interrupted while it loads may fail in any way
            if not stopping.is_asked_for:
                raise
            print(f"coalition: {STOPPED}", file=sys.stderr)
            leave(stopping.exit_code)
