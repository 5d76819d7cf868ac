"""People at work in a real ERP and real shops, at random, from a seed: `python -m tests.people --seed 1 --steps 100`."""
