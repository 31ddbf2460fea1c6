"""What is outside the process: files, locks, the compiled cache, memory, signals.

Each failure of it has a name, a place and a way on. Nothing else of the package asks the system for these.
"""
