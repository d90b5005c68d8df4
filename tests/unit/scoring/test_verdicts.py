from __future__ import annotations

import pytest

from audit.domain.score import ScoreVerdict
from audit.scoring.limits import Limits
from audit.scoring.power import more_encounters, trials_needed
from audit.scoring.verdicts import census_verdict, rejections, sample_verdict


def limits(lower: float, upper: float) -> Limits:
    return Limits(lower=lower, upper=upper, p_below=0.01, effective=1.0)


def test_a_limit_must_pass_the_target_for_a_verdict() -> None:
    assert sample_verdict(limits(0.95, 0.99), 0.95, 60, rejected=False) is ScoreVerdict.MEETS
    assert sample_verdict(limits(0.80, 0.94), 0.95, 60, rejected=True) is ScoreVerdict.BELOW
    assert sample_verdict(limits(0.90, 0.95), 0.95, 60, rejected=True) is ScoreVerdict.NOT_SHOWN


def test_below_needs_the_test_over_all_coders_too() -> None:
    assert sample_verdict(limits(0.80, 0.94), 0.95, 60, rejected=False) is ScoreVerdict.NOT_SHOWN


def test_nineteen_encounters_never_show_that_a_target_is_met() -> None:
    assert sample_verdict(limits(0.99, 1.0), 0.95, 19, rejected=False) is ScoreVerdict.NOT_SHOWN


def test_a_census_is_judged_by_its_value() -> None:
    assert census_verdict(0.95, 0.95) is ScoreVerdict.MEETS
    assert census_verdict(0.9499, 0.95) is ScoreVerdict.BELOW


def test_benjamini_hochberg_on_its_authors_example() -> None:
    # The fifteen p-values of Benjamini & Hochberg 1995, section 3.2: four fall at 5 %.
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.324,
        0.4262,
        0.5719,
        0.6528,
        0.759,
        1,
    ]
    assert rejections(dict(enumerate(p)), 0.05) == {0, 1, 2, 3}
    assert rejections({}, 0.05) == frozenset()


@pytest.mark.parametrize(
    ("rate", "trials"),
    [
        (0.995, 93),
        (0.99, 124),
        (0.98, 286),
        (0.975, 434),
        (0.97, 694),
        (0.96, 2869),
        (0.90, 191),
        (0.85, 59),
        (0.80, 33),
        (0.93, 930),
    ],
)
def test_trials_needed_are_the_published_ones(rate: float, trials: int) -> None:
    assert trials_needed(rate=rate, target=0.95, alpha=0.05) == trials


def more(rate: float, *, encounters: int = 60, population: int = 5000, effective: float = 4.0) -> int | None:
    return more_encounters(
        rate=rate, target=0.95, alpha=0.05, effective=effective, encounters=encounters, population=population
    )


def test_within_half_a_point_of_the_target_no_number_is_named() -> None:
    assert more(0.955) is None
    assert more(0.945) is None
    assert more(0.9551) is not None


def test_more_encounters_follow_the_rate_and_stop_at_the_period() -> None:
    assert more(0.98) == 12  # 286 trials at four an encounter are 72 encounters
    assert more(0.98, population=65) == 5
    assert more(0.999, encounters=10) == 10  # a sample meets the target from twenty encounters on
    assert more(0.97, effective=3.5) == 139
