from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from audit.domain.check import CheckKind
from audit.domain.rule import Pack
from audit.packs.catalogue import (
    NothingInForceError,
    SameRuleTwiceError,
    UnknownPackError,
    in_force,
    lapsed,
    select,
)
from audit.packs.data_root import _resolve, data_root
from audit.packs.load import load_pack


@pytest.fixture
def pack(make_pack: Callable[..., Path], vocabulary: Mapping[str, CheckKind], rule_text: str) -> Pack:
    return load_pack(make_pack(rule_text), vocabulary)


def test_a_pack_is_selected_by_name_in_all_its_editions(pack: Pack) -> None:
    later = replace(pack, edition="2027")
    assert select([pack, later], ["mine"]) == (pack, later)


def test_a_pack_that_is_not_there_is_named(pack: Pack) -> None:
    with pytest.raises(UnknownPackError, match="no pack is called yours"):
        select([pack], ["yours"])


def test_dates_select_rules(pack: Pack) -> None:
    assert in_force([pack], date(2026, 9, 30), date(2026, 12, 31)) == pack.rules
    with pytest.raises(NothingInForceError):
        in_force([pack], date(2026, 10, 1), date(2026, 12, 31))


def test_one_rule_from_two_packs_is_refused_only_where_their_dates_meet(pack: Pack) -> None:
    period = (date(2026, 1, 1), date(2026, 12, 31))
    with pytest.raises(SameRuleTwiceError):
        in_force([pack, replace(pack, name="copy")], *period)
    later = replace(pack.rules[0], in_force_from=date(2026, 10, 1), in_force_to=None)
    assert len(in_force([pack, replace(pack, rules=(later,))], *period)) == 2


def test_rules_whose_edition_has_ended_are_named(pack: Pack) -> None:
    assert lapsed([pack], date(2026, 9, 30)) == ()
    assert lapsed([pack], date(2026, 10, 1)) == pack.rules
    later = replace(pack.rules[0], in_force_from=date(2026, 10, 1), in_force_to=None)
    assert lapsed([pack, replace(pack, edition="2027", rules=(later,))], date(2026, 10, 1)) == ()


def test_a_rule_that_ended_by_law_has_not_lapsed_with_its_edition(pack: Pack) -> None:
    closed = replace(pack.rules[0], id="ICD900", in_force_from=date(1979, 1, 1), in_force_to=date(2015, 9, 30))
    assert lapsed([replace(pack, rules=(*pack.rules, closed))], date(2026, 10, 1)) == pack.rules


def test_the_policies_of_this_installation_are_found() -> None:
    assert data_root("policies").is_dir()


def test_a_strangers_folder_beside_an_installed_package_is_never_used(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "audit"
    package.mkdir(parents=True)
    (tmp_path / "site-packages" / "policies").mkdir()
    with pytest.raises(FileNotFoundError, match="carries no policies"):
        _resolve(package, "policies")


def test_bundled_data_come_before_a_checkout(tmp_path: Path) -> None:
    (tmp_path / "audit" / "_bundled" / "policies").mkdir(parents=True)
    (tmp_path / "policies").mkdir()
    (tmp_path / "pyproject.toml").touch()
    assert _resolve(tmp_path / "audit", "policies") == tmp_path / "audit" / "_bundled" / "policies"
