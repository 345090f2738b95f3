-- Return keys and scores of the rows that have words of a query, in a store of this database, and the share of the
-- words that each row has. Rows with the most and rarest words come first.
create or replace function embedd_internal.lexical_rows(
  p_generation jsonb,
  p_query text,
  p_condition text,
  p_limit int
) returns table (pk_value text, score float8, share float8)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_schema text := p_generation -> 'store' ->> 'schema';
  v_name text := p_generation -> 'store' ->> 'name';
  v_language text := format('pg_catalog.%I', p_generation -> 'store' ->> 'language');
  v_table text := format('%I.%I', v_schema, v_name);
  v_words text := format('%I.%I', v_schema, v_name || '_words');
  v_texts text := format('%I.%I', v_schema, v_name || '_texts');
  v_statement text := case
    when embedd_internal.has_words(v_table, v_words, v_texts) then embedd_internal.ranked_words()
    else embedd_internal.ranked_texts() end;
begin
  v_statement := replace(v_statement, '{parsed}', embedd_internal.indexed_words());
  v_statement := replace(v_statement, '{language}', format('%L::pg_catalog.regconfig', v_language));
  v_statement := replace(replace(replace(v_statement, '{table}', v_table), '{words}', v_words), '{texts}', v_texts);
  -- Replaced last, because a condition contains values of users.
  v_statement := replace(v_statement, '{condition}', p_condition);
  return query execute v_statement using p_query, p_limit;
end
$$;
