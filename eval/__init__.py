"""How well copassist does, measured on public data beside baselines: `python -m eval`."""
