"""What run.py calls: its commands, the environment they run in, the notebooks' execution."""
