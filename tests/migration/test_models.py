"""Prices become rows of the catalogue: those that operators set or removed survive the upgrade."""

from __future__ import annotations

from decimal import Decimal

from embedd_pg.database.migrate import migrations, script
from tests.migration.test_migrate import run

BEFORE = [step for step in migrations() if (step.line, step.number) < ("control", 28)]


def test_prices_of_operators_outlive_the_upgrade_and_list_prices_follow_the_catalogue(database: str) -> None:
    run(database, script(only_first=len(BEFORE)))
    run(database, "update embedd.prices set usd_per_million = 9.99 where model = 'text-embedding-3-large'")
    run(database, "delete from embedd.prices where model = 'voyage-3.5'")
    run(database, "insert into embedd.prices values ('my', 'model', 1)")
    run(database, script())
    own = run(database, "select model, usd_per_million from embedd.prices order by model")
    assert own == [("model", Decimal(1)), ("text-embedding-3-large", Decimal("9.99")), ("voyage-3.5", None)]
    assert run(database, "select embedd_internal.get_price('openai', 'text-embedding-3-large')") == [(Decimal("9.99"),)]
    assert run(database, "select embedd_internal.get_price('voyage', 'voyage-3.5')") == [(None,)], "it was forgotten"
    assert run(database, "select embedd_internal.get_price('openai', 'text-embedding-3-small')") == [(Decimal("0.02"),)]


def test_a_fresh_installation_has_no_prices_of_its_own(database: str) -> None:
    run(database, script())
    assert run(database, "select count(*) from embedd.prices") == [(0,)]
    run(database, "select embedd.add_model('openai', 'mine', 8, usd_per_million => 3)")
    run(database, script())
    assert run(database, "select embedd_internal.get_price('openai', 'mine')") == [(Decimal(3),)]
