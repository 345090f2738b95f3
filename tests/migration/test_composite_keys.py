"""An installation from before keys could have several columns keeps its vector tables and their triggers."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.rows import dict_row

from embedd_pg.database import migrate as migrating
from embedd_pg.database.migrate import migrate, script
from embedd_pg.database.sql_files import LINES, Migration, migrations

#: The state of an installation of that time: a vector table, its capture, and its trigger function.
BEFORE = """
    create table t (id int primary key, name text);
    insert into embedd.captures (source_table, key_column, tracked_columns, row_level)
    values ('t', 'id', '{name}', false);
    create function embedd.capture_1() returns trigger language plpgsql security definer
      set search_path = pg_catalog, pg_temp as $$
      begin
        insert into embedd.outbox (capture_id, kind, key) select 1, 'k', n.id::text from new_rows n;
        return null;
      end $$;
    create trigger zz_embedd_1_insert after insert on t referencing new table as new_rows
      for each statement execute function embedd.capture_1();
    insert into embedd.vector_tables (id, organization_id, environment_id, name, connection_id, embedder_id,
      source_table, source_schema, source_name, primary_key_column, primary_key_type, mode, sync_mode, embedding_model,
      embedding_dimensions, columns, capture_id, created_by)
    select 'vt_1', c.organization_id, c.environment_id, 'v', c.id, e.id, 't', 'public', 't', 'id', 'integer', 'managed',
           'cdc', 'all-MiniLM-L6-v2', 384, '[{"name": "name", "role": "embedding"}]', 1, c.created_by
      from embedd.connections c cross join embedd.embedders e;
    insert into embedd.generations (vector_table_id, store, store_table, provider, embedding_model,
      embedding_dimensions, columns)
    select id, 'qdrant', 'x', 'local', embedding_model, embedding_dimensions, columns from embedd.vector_tables;
    insert into t values (1, 'before');"""


async def test_keys_of_one_column_are_unchanged(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def older(lines: tuple[str, ...] = LINES) -> list[Migration]:
        return [step for step in migrations(lines) if step.name != "composite_keys"]

    with psycopg.connect(database, autocommit=True, row_factory=dict_row) as session:
        with monkeypatch.context() as context:
            context.setattr(migrating, "migrations", older)
            session.execute(script(only_first=len(older())).encode())
        session.execute(BEFORE.encode())
        await migrate(database)
        (table,) = session.execute(
            "select primary_key_column, v.key_columns, key_types, c.key_columns as captured"
            " from embedd.vector_tables v join embedd.captures c on c.id = capture_id"
        ).fetchall()
        assert table == {
            "primary_key_column": "id",
            "key_columns": ["id"],
            "key_types": ["integer"],
            "captured": ["id"],
        }
        (generation,) = session.execute("select embedd_internal.active_generation('v') -> 'key' as key").fetchall()
        assert generation["key"] == [{"name": "id", "type": "integer"}]
        # Existing objects keep working; the capture check adds those that did not exist then.
        session.execute("insert into t values (2, 'after')")
        session.execute("select embedd_internal.audit_capture(1)")
        session.execute("update t set id = 3 where id = 2")
        found = session.execute("select kind, key from embedd.outbox order by id").fetchall()
        assert [row["key"] for row in found][:2] == ["1", "2"]
        assert sorted(row["key"] for row in found[2:]) == ["2", "3"]
        session.execute("select embedd.update_vector_table('v', \"where\" => 'id > 0')")
        assert session.execute("select from embedd.captures").rowcount == 1
