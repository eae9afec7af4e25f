"""How large must a corpus be? Coverage, power and false positives, simulated.

    python -m scripts.simulate_sizes

Writes data/simulation/{coverage,power,false_positives}.csv and manifest.json. About five
minutes; the seed is fixed, so the numbers come out the same.
"""

import json

import numpy as np

from helpers import paths, simulate

SEED = 2020
COVERAGE = 2000


def main() -> None:
    """Simulate and write."""
    folder = paths.DATA / "simulation"
    folder.mkdir(exist_ok=True)
    tables = {
        "coverage": simulate.interval_coverage(n_simulations=COVERAGE, seed=SEED),
        "power": simulate.power(seed=SEED),
        "false_positives": simulate.keyness_false_positives(seed=SEED),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n",
                     float_format="%.5g", encoding="utf-8")  # fmt: skip
        print(table.to_string())
    facts = {
        "made_by": "scripts/simulate_sizes.py",
        "seed": SEED,
        "n_simulations": {name: int(t["n_simulations"].iloc[0]) for name, t in tables.items()},
        "model": "share 0.7, coupling 0.1, unlabelled 0.4, 12 sentences a document",
        "numpy": np.__version__,
    }
    text = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
