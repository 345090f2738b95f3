-- Return an SQL expression for the key of a row as one text: the text of a single key column, or a JSON array without
-- blanks of the texts of several columns. The text is null if a part is null. Each key has exactly one text, byte for
-- byte as Key in embedd_pg/sources/key.py writes it.
create or replace function embedd_internal.key_text(p_row text, p_key text[]) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select case when cardinality(p_key) = 1 then format('%s.%I::text', p_row, p_key[1]) else
    format('''['' || %s || '']''',
           string_agg(format('to_json(%s.%I::text)::text', p_row, name), ' || '','' || ' order by place)) end
    from unnest(p_key) with ordinality k (name, place)
$$;
