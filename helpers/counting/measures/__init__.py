"""Formulas only: numbers or arrays in, a number or an array out; no tables, no text.

    evidence      how surely two groups differ in a word
    effect_size   how large the difference is
    dispersion    how evenly a word is spread over parts
    association   how strongly words keep company
    diversity     how much of a text is new words
    agreement     whether readers see the same

Evidence and effect sizes take a word's counts `a` in the target and `b` in the reference, and
the sizes `c` and `d` of the two groups in running words. Arrays broadcast; a scalar in gives a
float out. An empty group (c = 0 or d = 0) gives nan. Dispersion takes the counts per part
along the last axis; association takes f, the co-occurrences, their marginals f1 and f2, and
the number n of units. Each docstring says which convention it follows, and no default corrects
without saying so. tests/gold holds the published numbers these are tested against;
`python -m scripts.check_measures` prints them beside ours.
"""

from helpers.counting.measures.agreement import krippendorff_alpha
from helpers.counting.measures.association import (
    DeltaP,
    Lambda,
    delta_p,
    dice,
    log_dice,
    mi3,
    mutual_information,
    ngram_lambda,
    npmi,
    phi_square,
    t_score,
    z_score,
)
from helpers.counting.measures.checks import Interval, Numbers
from helpers.counting.measures.dispersion import (
    average_reduced_frequency,
    carroll_d2,
    dispersion_range,
    dp,
    dp_norm,
    juilland_d,
    kl_divergence,
    rosengren_s,
)
from helpers.counting.measures.diversity import mattr, mtld, type_token_ratio, yule_k
from helpers.counting.measures.effect_size import (
    LogOdds,
    conservative_log_ratio,
    difference_coefficient,
    log_odds_dirichlet,
    log_ratio,
    log_ratio_interval,
    odds_ratio,
    odds_ratio_interval,
    percent_diff,
    scaled_f_score,
    simple_maths,
)
from helpers.counting.measures.evidence import (
    ALTERNATIVES,
    bayes_factor_bic,
    benjamini_hochberg,
    chi2_p,
    chi_square,
    fisher_exact_p,
    log_likelihood,
    smallest_expected,
    smallest_possible_p,
)

__all__ = [
    "ALTERNATIVES", "DeltaP", "Interval", "Lambda", "LogOdds", "Numbers",
    "average_reduced_frequency", "bayes_factor_bic", "benjamini_hochberg", "carroll_d2",
    "chi2_p", "chi_square", "conservative_log_ratio", "delta_p", "dice",
    "difference_coefficient", "dispersion_range", "dp", "dp_norm", "fisher_exact_p",
    "juilland_d", "kl_divergence", "krippendorff_alpha", "log_dice", "log_likelihood",
    "log_odds_dirichlet", "log_ratio", "log_ratio_interval", "mattr", "mi3", "mtld",
    "mutual_information", "ngram_lambda", "npmi", "odds_ratio", "odds_ratio_interval",
    "percent_diff", "phi_square", "rosengren_s", "scaled_f_score", "simple_maths",
    "smallest_expected", "smallest_possible_p", "t_score", "type_token_ratio", "yule_k",
    "z_score",
]  # fmt: skip
