from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from audit.domain.percent import percent, percent_up, whole_percent
from audit.report.words import label, number, plural, quantity

share = st.floats(min_value=0, max_value=1)


def _read(shown: str) -> Decimal:
    return Decimal(shown.removesuffix("\u202f%")) / 100


@given(share)
def test_a_value_is_never_shown_better_than_it_is(value: float) -> None:
    assert _read(percent(value)) <= Decimal(repr(value)) <= _read(percent_up(value))


def test_a_coder_just_below_the_target_is_not_shown_at_it() -> None:
    assert percent(0.94999) == "94.9\u202f%"
    assert percent(0.95) == "95.0\u202f%"


def test_a_limit_just_under_the_target_is_not_rounded_up_to_it() -> None:
    assert percent_up(0.9497) == "95.0\u202f%"
    assert percent_up(0.9497, 0.95) == "94.97\u202f%"
    assert percent_up(0.951, 0.95) == "95.1\u202f%"
    assert percent(0.9526, 0.9525) == "95.26\u202f%"


@given(share, st.sampled_from([0.5, 0.9, 0.95, 0.9525]))
def test_a_number_is_shown_on_its_own_side_of_the_target(value: float, target: float) -> None:
    for shown in (percent(value, target), percent_up(value, target)):
        assert (_read(shown) >= Decimal(repr(target))) == (value >= target)


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


def test_units_read_as_on_the_claim() -> None:
    assert [quantity(text) for text in ("1.000", "10", "2.50")] == ["1", "10", "2.5"]
