-- Reject any condition that read_condition() rejects, whichever role writes the row, and store the columns it names.
-- The trigger does not execute the text; a worker reads it again before use.
create or replace function embedd_internal.keep_condition() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if new.condition is null then
    new.condition_columns := '{}';
  elsif tg_op = 'INSERT'
        or (new.condition, new.condition_columns) is distinct from (old.condition, old.condition_columns) then
    new.condition_columns := (embedd_internal.read_condition(new.condition)).columns;
  end if;
  return new;
end
$$;
do $$
begin
  if not exists (select from pg_catalog.pg_trigger
                  where tgrelid = 'embedd.vector_tables'::pg_catalog.regclass
                    and tgname = 'vector_tables_keep_condition') then
    create trigger vector_tables_keep_condition
      before insert or update of condition, condition_columns on embedd.vector_tables
      for each row execute function embedd_internal.keep_condition();
    alter table embedd.vector_tables enable always trigger vector_tables_keep_condition;
  end if;
end
$$;
