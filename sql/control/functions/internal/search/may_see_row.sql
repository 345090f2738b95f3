-- Whether the role that asks sees a row of a source table beside its vectors, through that table's own row security: what the
-- policy on the table of the vectors asks. It names its table in a text, so that nothing depends on it and it can be altered
-- and dropped as before. Fails, naming the table, for a role that may not read it.
create or replace function embedd_internal.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_condition text := (
    select string_agg(format('%I = (%s)::%s', name,
             case cardinality(p_key_columns) when 1 then '$1' else format('$1::jsonb ->> %s', place - 1) end, type), ' and ')
      from unnest(p_key_columns, p_key_types) with ordinality k (name, type, place));
  v_found boolean;
begin
  execute format('select exists (select from %s where %s)', p_source, v_condition) into v_found using p_key;
  return v_found;
end
$$;
