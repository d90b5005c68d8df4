from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from audit.report.words import label, number, percent, percent_up, plural, whole_percent

share = st.floats(min_value=0, max_value=1)


def _read(shown: str) -> Decimal:
    return Decimal(shown.removesuffix("\u202f%")) / 100


@given(share)
def test_a_value_is_never_shown_better_than_it_is(value: float) -> None:
    assert _read(percent(value)) <= Decimal(repr(value)) <= _read(percent_up(value))


def test_a_coder_just_below_the_target_is_not_shown_at_it() -> None:
    assert percent(0.94999) == "94.9\u202f%"
    assert percent(0.95) == "95.0\u202f%"


def test_a_share_that_has_no_exact_double_is_shown_as_it_was_meant() -> None:
    assert percent(0.57) == "57.0\u202f%"


def test_a_negative_net_value_carries_a_real_minus() -> None:
    assert percent(-0.021) == "\u22122.1\u202f%"


def test_a_target_keeps_the_decimals_it_was_set_with() -> None:
    assert whole_percent(0.95) == "95\u202f%"
    assert whole_percent(0.975) == "97.5\u202f%"
    assert whole_percent(1.0) == "100\u202f%"


def test_counts_read_like_words() -> None:
    assert plural(1, "encounter") == "1 encounter"
    assert plural(1813, "encounter") == "1,813 encounters"
    assert plural(2, "is", "are") == "2 are"
    assert number(5010.36) == "5,010.4"


def test_words_of_the_field_lose_their_underscores() -> None:
    assert label("not_shown") == "not shown"
    assert label("home_health") == "home health"
