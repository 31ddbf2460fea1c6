"""What tells whether files have changed since they were read: what caches go by."""

from pathlib import Path

Stamps = tuple[tuple[str, int, int], ...]


def stamps(folder: Path, name: str = "*") -> Stamps:
    """Return name, size and time of every file in a folder, or of those that a pattern names."""
    try:
        stats = [(path.name, path.stat()) for path in sorted(folder.glob(name)) if path.is_file()]
    except (OSError, ValueError):
        return ()  # reading it says what is the matter
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)
