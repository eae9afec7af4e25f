"""Are the measures right? Published numbers, other libraries, and the time they take.

    python -m scripts.check_measures

Prints, as markdown: (1) every number of tests/gold/published_numbers.csv beside ours; (2) the
largest difference from scipy, and from nltk and association-measures, on 10,000 random tables
with zero cells among them; (3) the time for a vocabulary of 100,000 words. nltk and
association-measures are no part of the suite: where they are missing a line says what to
install, and the rest is printed all the same. association-measures asks for pandas 2, so
install it beside numpy, scipy and this folder in an environment of its own.
"""

import csv
import json
import math
import time
import tracemalloc
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from helpers.counting import measures
from helpers.paths import PROJECT

PUBLISHED = PROJECT / "tests" / "gold" / "published_numbers.csv"
SEED = 20200226
N_TABLES = 10_000
N_WORDS = 100_000
N_TOKENS = 2_000_000
N_PARTS = 200
TO_INSTALL = "pip install nltk association-measures (in an environment of its own)"

# How their number is got from ours, where they print another form of it.
READINGS: dict[str, Callable] = {
    "": lambda value: value,
    "base 10": lambda value: np.asarray(value) / math.log2(10),
    "log10": np.log10,
    "-log10": lambda value: -np.log10(value),
    "2^": np.exp2,
    "z as 2 Phi - 1": lambda value: 2 * stats.norm.cdf(value.z) - 1,
    **{
        field: lambda value, field=field: getattr(value, field)
        for field in ("delta", "z", "low", "forward", "backward", "strength")
    },
}


class Check(NamedTuple):
    """A published number (or a few), and how to compute it here."""

    measure: str
    form: str
    inputs: list
    options: dict
    read: str
    expected: float | list[float]
    tolerance: float
    note: str
    source: str

    def ours(self) -> np.ndarray:
        """What the suite computes for it, in the form they print."""
        value = getattr(measures, self.measure)(*as_arguments(self), **self.options)
        return np.atleast_1d(np.asarray(READINGS[self.read](value), dtype=float))

    def difference(self) -> float:
        """The largest absolute difference from their numbers."""
        return float(np.abs(self.ours() - np.atleast_1d(self.expected)).max())


def read_checks() -> list[Check]:
    """The rows of tests/gold/published_numbers.csv."""
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        return [
            Check(
                row["measure"], row["form"], json.loads(row["inputs"]),
                json.loads(row["options"]), row["read"], json.loads(row["expected"]),
                float(row["tolerance"]), row["note"], row["source"],
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def as_arguments(check: Check) -> list:
    """The inputs as our functions take them: a, b, c, d from four cells or from marginals."""
    match check.form, check.inputs:
        case "cells", [o11, o12, o21, o22]:
            return [o11, o12, o11 + o21, o12 + o22]
        case "marginals", [f, f1, f2, n]:
            return [f, f2 - f, f1, n - f1]
        case "plain", inputs:
            return inputs
    raise ValueError(f"{PUBLISHED.name} has the form {check.form!r} with {check.inputs}")


# --- one: published numbers ---------------------------------------------------------------


def print_published() -> None:
    """Every published number beside ours, and how many agree."""
    checks = read_checks()
    rows = [
        [
            check.measure, in_words(check), in_digits(check.expected), in_digits(check.ours()),
            f"{check.difference():.1g}", check.source,
        ]
        for check in checks
    ]  # fmt: skip
    print_table(["measure", "input", "theirs", "ours", "difference", "source"], rows)
    n_agree = sum(check.difference() <= check.tolerance for check in checks)
    n_measures = len({check.measure for check in checks})
    print(f"\n{n_agree} of {len(checks)} agree to the digits printed; {n_measures} measures.\n")


def in_words(check: Check) -> str:
    """The inputs of a check in one cell of the table."""
    inputs = json.dumps(check.inputs, ensure_ascii=False)[1:-1]
    parts = [inputs if len(inputs) <= 60 else f"{inputs[:56]} ..."]
    if check.form != "plain":
        parts[0] = f"{check.form} {parts[0]}"
    parts += [f"{name}={value}" for name, value in check.options.items()]
    parts += [f"({remark})" for remark in (check.read, check.note) if remark]
    return " ".join(parts)


def in_digits(numbers: float | list[float] | np.ndarray) -> str:
    """Up to four numbers with ten digits, the rest counted."""
    numbers = np.atleast_1d(numbers)
    shown = " ".join(f"{number:.10g}" for number in numbers[:4])
    return shown if len(numbers) <= 4 else f"{shown} ... ({len(numbers)})"


# --- two: other libraries on random tables ------------------------------------------------


def draw_tables() -> np.ndarray:
    """Columns a, b, c, d of N_TABLES tables, half of rare words, every fourth with a zero cell."""
    generator = np.random.default_rng(SEED)
    n_drawn = N_TABLES * 21 // 20  # a table with an empty margin has no test and is left out
    c, d = generator.integers(20, 5000, (2, n_drawn))
    rare = generator.random(n_drawn) < 0.5
    a, b = (generator.integers(0, np.where(rare, 20, size + 1)) for size in (c, d))
    cell = generator.integers(0, 16, n_drawn)
    a, b = np.where(cell == 0, 0, a), np.where(cell == 1, 0, b)
    a, b = np.where(cell == 2, c, a), np.where(cell == 3, d, b)
    keep = (a + b > 0) & (a + b < c + d)
    return np.stack([a, b, c, d])[:, keep][:, :N_TABLES]


def compare(theirs: np.ndarray, ours: np.ndarray) -> list[str]:
    """Cells of the table: tables compared, largest difference, largest relative difference."""
    both = np.isfinite(theirs) & np.isfinite(ours)
    gap, size = np.abs(ours - theirs)[both], np.abs(theirs)[both]
    relative = gap[size > 1e-300] / size[size > 1e-300]
    return [f"{both.sum():,}", f"{gap.max():.1g}", f"{relative.max():.1g}"]


def scipy_values(a: int, b: int, c: int, d: int) -> dict[str, float]:
    """What scipy computes for one table, by name of our measure."""
    table = [[a, b], [c - a, d - b]]
    g2 = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
    values = {
        "log_likelihood, without sign": g2.statistic,
        "chi2_p": g2.pvalue,
        "smallest_expected": g2.expected_freq.min(),
        "chi_square, without sign": stats.chi2_contingency(table, correction=False).statistic,
        "chi_square, yates, without sign": stats.chi2_contingency(table).statistic,
    }
    for side in measures.ALTERNATIVES:
        name = f"fisher_exact_p, {side}"
        values[name] = stats.fisher_exact(table, alternative=side).pvalue
    if min(table[0]) > 0:
        risk = stats.contingency.relative_risk(a, c, b, d)
        values["log_ratio, smoothing=0"] = math.log2(risk.relative_risk)
        values["log_ratio_interval, low"] = math.log2(risk.confidence_interval().low)
    if min(*table[0], *table[1]) > 0:
        odds = stats.contingency.odds_ratio(table, kind="sample")
        values["odds_ratio"] = odds.statistic
        values["odds_ratio_interval, high"] = odds.confidence_interval().high
    return values


def our_values(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> dict:
    """What the suite computes for the same tables, by the same names."""
    g2 = measures.log_likelihood(a, b, c, d)
    return {
        "log_likelihood, without sign": np.abs(g2),
        "chi2_p": measures.chi2_p(g2),
        "smallest_expected": measures.smallest_expected(a, b, c, d),
        "chi_square, without sign": np.abs(measures.chi_square(a, b, c, d)),
        "chi_square, yates, without sign": np.abs(measures.chi_square(a, b, c, d, yates=True)),
        **{
            f"fisher_exact_p, {side}": measures.fisher_exact_p(a, b, c, d, alternative=side)
            for side in measures.ALTERNATIVES
        },
        "log_ratio, smoothing=0": measures.log_ratio(a, b, c, d, smoothing=0),
        "log_ratio_interval, low": measures.log_ratio_interval(a, b, c, d, smoothing=0).low,
        "odds_ratio": measures.odds_ratio(a, b, c, d),
        "odds_ratio_interval, high": measures.odds_ratio_interval(a, b, c, d).high,
    }


def pair_values(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> dict:
    """Ours again, where a is a pair's frequency, a + b and c its marginals, c + d all units."""
    pair = (a, c, a + b, c + d)
    return {
        "log_likelihood": measures.log_likelihood(a, b, c, d),
        "log_likelihood, without sign": np.abs(measures.log_likelihood(a, b, c, d)),
        "chi_square, without sign": np.abs(measures.chi_square(a, b, c, d)),
        "phi_square": measures.phi_square(*pair),
        "mutual_information": measures.mutual_information(*pair),
        "mi3": measures.mi3(*pair),
        "t_score": measures.t_score(*pair),
        "z_score": measures.z_score(*pair),
        "dice": measures.dice(*pair[:3]),
        "log_ratio, smoothing=0": measures.log_ratio(a, b, c, d, smoothing=0),
        "conservative_log_ratio, n_tests": measures.conservative_log_ratio(
            a, b, c, d, n_tests=max(1, int((a > 0).sum()))
        ),
    }


def nltk_values(tables: np.ndarray) -> dict[str, np.ndarray]:
    """What nltk computes, for pairs that occur."""
    from nltk.metrics.association import BigramAssocMeasures as Nltk

    functions = {
        "log_likelihood, without sign": Nltk.likelihood_ratio,
        "chi_square, without sign": Nltk.chi_sq,
        "phi_square": Nltk.phi_sq, "mutual_information": Nltk.pmi, "t_score": Nltk.student_t,
        "dice": Nltk.dice,
    }  # fmt: skip
    pairs = [(int(a), (int(c), int(a + b)), int(c + d)) for a, b, c, d in tables.T]
    return {
        name: np.array([function(*pair) if pair[0] else np.nan for pair in pairs])
        for name, function in functions.items()
    }


def association_values(tables: np.ndarray) -> dict[str, np.ndarray]:
    """What association-measures computes; its logarithms are base 10."""
    import association_measures.measures as theirs

    a, b, c, d = tables.astype(float)
    pairs = pd.DataFrame({"f": a, "f1": c, "f2": a + b, "N": c + d})
    scores = theirs.score(
        pairs, ["log_likelihood", "mutual_information", "t_score", "z_score", "dice"],
        freq=False, digits=None,
    )  # fmt: skip
    cautious = theirs.score(
        pairs, ["conservative_log_ratio"], freq=False, digits=None, alpha=0.05,
        boundary="poisson", correct="Bonferroni", vocab=int((a > 0).sum()),
    )  # fmt: skip
    values = {name: scores[name].to_numpy() for name in scores}
    values["mutual_information"] = values["mutual_information"] * math.log2(10)
    values["conservative_log_ratio, n_tests"] = cautious["conservative_log_ratio"].to_numpy()
    seen = a > 0
    return {name: np.where(seen, numbers, np.nan) for name, numbers in values.items()}


def print_agreement() -> None:
    """Largest differences from other libraries on random tables."""
    tables = draw_tables()
    a, b, c, d = tables
    n_zero = int((np.stack([a, b, c - a, d - b]) == 0).any(axis=0).sum())
    print(f"{tables.shape[1]:,} random tables, {n_zero:,} of them with a zero cell.\n")
    rows = []
    by_scipy = pd.DataFrame([scipy_values(*map(int, table)) for table in tables.T])
    ours = our_values(*tables)
    rows += [["scipy", name, *compare(by_scipy[name].to_numpy(), ours[name])] for name in by_scipy]
    ours = pair_values(*tables)
    for library, values in {
        "nltk": nltk_values,
        "association-measures": association_values,
    }.items():
        try:
            theirs = values(tables)
        except ModuleNotFoundError as error:
            print(f"{library} left out: {error}. To compare with it: {TO_INSTALL}\n")
            continue
        rows += [[library, name, *compare(theirs[name], ours[name])] for name in theirs]
    heads = ["library", "measure", "tables compared", "largest difference", "relative"]
    print_table(heads, rows)
    print("\nA pair never seen is nan here and is not compared; relative leaves out 0.\n")


# --- three: time --------------------------------------------------------------------------


def print_times() -> None:
    """Seconds for a vocabulary with Zipf's frequencies, best of three."""
    generator = np.random.default_rng(SEED)
    share = 1 / np.arange(1, N_WORDS + 1)
    expected = share / share.sum()
    a, b = (generator.poisson(expected * n).astype(float) for n in (N_TOKENS, 4 * N_TOKENS))
    c, d = a.sum(), b.sum()
    print(f"{N_WORDS:,} words, {c:,.0f} tokens against {d:,.0f}.\n")
    steps = {
        "log_likelihood": lambda: measures.log_likelihood(a, b, c, d),
        "chi_square": lambda: measures.chi_square(a, b, c, d),
        "fisher_exact_p": lambda: measures.fisher_exact_p(a, b, c, d),
        "smallest_possible_p": lambda: measures.smallest_possible_p(a, b, c, d),
        "log_ratio, log_ratio_interval": lambda: (
            measures.log_ratio(a, b, c, d), measures.log_ratio_interval(a, b, c, d)
        ),
        "conservative_log_ratio": lambda: measures.conservative_log_ratio(a, b, c, d),
        "percent_diff, odds_ratio, odds_ratio_interval": lambda: (
            measures.percent_diff(a, b, c, d), measures.odds_ratio_interval(a, b, c, d)
        ),
        "log_odds_dirichlet": lambda: measures.log_odds_dirichlet(a, b, c, d, prior=expected * 500),
        "scaled_f_score": lambda: measures.scaled_f_score(a, b, beta=1),
    }  # fmt: skip
    seconds = {name: best_of_three(step) for name, step in steps.items()}
    seconds["all of these"] = sum(seconds.values())
    print_table(["evidence and size", "seconds"], [[k, f"{v:.2f}"] for k, v in seconds.items()])
    print_dispersion_times(generator, expected)


def print_dispersion_times(generator: np.random.Generator, expected: np.ndarray) -> None:
    """Seconds and memory of each dispersion measure over N_PARTS parts."""
    sizes = generator.integers(2_000, 20_000, N_PARTS)
    counts = np.stack([generator.poisson(expected * size) for size in sizes], axis=1)
    megabytes = counts.nbytes / 2**20
    print(f"\n{N_WORDS:,} words in {N_PARTS} parts; the counts take {megabytes:,.0f} MB.\n")
    rows = []
    for name in ("dispersion_range", "dp", "dp_norm", "juilland_d", "carroll_d2", "rosengren_s",
                 "kl_divergence"):  # fmt: skip
        measure = getattr(measures, name)
        arguments = (counts,) if name == "dispersion_range" else (counts, sizes)
        seconds = best_of_three(lambda: measure(*arguments))  # noqa: B023
        tracemalloc.start()
        measure(*arguments)
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        rows.append([name, f"{seconds:.2f}", f"{peak:,.0f}"])
    print_table(["dispersion", "seconds", "MB beside the counts"], rows)


def best_of_three(work: Callable[[], object]) -> float:
    """Seconds of the fastest of three runs."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def print_table(heads: list[str], rows: list[list[str]]) -> None:
    """Print a markdown table."""
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def main() -> None:
    """Print the three parts."""
    print("## Published numbers\n")
    print_published()
    print("## Other libraries\n")
    print_agreement()
    print("## Time\n")
    print_times()


if __name__ == "__main__":
    main()
