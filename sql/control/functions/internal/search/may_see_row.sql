-- Return whether the acting role sees a row of a source table, through that table's own row security. The policy on the
-- co-located table of vectors calls it. The table is named in a text, so that no dependency prevents altering or
-- dropping it. Raise, naming the table, for a role that may not read it.
create or replace function embedd_internal.may_see_row(
  p_source text, p_key_columns text[], p_key_types text[], p_key text)
returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_condition text := (
    select string_agg(format('%I = (%s)::%s', name,
             case cardinality(p_key_columns) when 1 then '$1' else format('$1::jsonb ->> %s', place - 1) end,
             type), ' and ')
      from unnest(p_key_columns, p_key_types) with ordinality k (name, type, place));
  v_found boolean;
begin
  execute format('select exists (select from %s where %s)', p_source, v_condition) into v_found using p_key;
  return v_found;
end
$$;
