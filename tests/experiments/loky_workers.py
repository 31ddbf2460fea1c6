"""The processes that compute for a test."""

import psutil


def loky_workers() -> list[psutil.Process]:
    """Return those that are alive; a browser that other tests have started is none of them."""
    alive = [
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE  # killed, and not yet missed
    ]
    children = [(child, str(child.cmdline())) for child in alive]
    return [child for child, command in children if "loky" in command and "tracker" not in command]
