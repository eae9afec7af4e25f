"""Word clouds as exact as a cloud can be: finished tables in, Axes out.

A cloud shows at a glance what a text is full of, and hides everything else: place and
neighbours mean nothing, and areas cannot be compared by eye. So it does not stand alone: each
`plot_…_with_…` draws it beside its twin, the same words with the same counts.

| what a cloud hides                  | what shows it                                          |
|-------------------------------------|--------------------------------------------------------|
| which of two words is more frequent | draw.plot_ranked_terms: lengths, counts, ties          |
| how sure a difference is            | draw.plot_keyness: log ratio with its interval, G²     |
| one passage or the whole text       | draw.plot_dispersion, draw.plot_xray                   |
| which words go together             | draw.plot_network; context.kwic for the sentences      |
| what the stop list took away        | draw.plot_stop_list                                    |
| where the segmenter cut             | draw.plot_segmenters                                   |
| change over time                    | draw.plot_shares_over_time                             |
"""

from helpers.drawing.clouds.contrast import (
    plot_commonality_cloud,
    plot_commonality_cloud_with_dots,
    plot_comparison_cloud,
    plot_comparison_cloud_with_dots,
)
from helpers.drawing.clouds.dress import WordsLeftOutWarning
from helpers.drawing.clouds.layout import SMALLEST_LETTER, UNITS_PER_INCH
from helpers.drawing.clouds.plain import plot_cloud_with_bars, plot_word_cloud
from helpers.drawing.clouds.rooms import read_mask

__all__ = [
    "SMALLEST_LETTER", "UNITS_PER_INCH", "WordsLeftOutWarning", "plot_cloud_with_bars",
    "plot_commonality_cloud", "plot_commonality_cloud_with_dots", "plot_comparison_cloud",
    "plot_comparison_cloud_with_dots", "plot_word_cloud", "read_mask",
]  # fmt: skip
