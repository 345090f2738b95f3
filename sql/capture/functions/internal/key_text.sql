-- SQL for the key of a row as one text, null where a part is: the text of its only column, or a JSON array of the texts
-- of several, without blanks. One text for each key, the same bytes as Key in embedd_pg/sources/key.py makes.
create or replace function embedd_internal.key_text(p_row text, p_key text[]) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select case when cardinality(p_key) = 1 then format('%s.%I::text', p_row, p_key[1]) else
    format('''['' || %s || '']''', string_agg(format('to_json(%s.%I::text)::text', p_row, name), ' || '','' || ' order by place)) end
    from unnest(p_key) with ordinality k (name, place)
$$;
