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
  v_table text := format('%I.%I', p_generation -> 'store' ->> 'schema', p_generation -> 'store' ->> 'name');
  v_language text := format('pg_catalog.%I', p_generation -> 'store' ->> 'language');
  v_statement text := embedd_internal.ranked_words();
  v_query record;
begin
  select * into v_query from embedd_internal.query_terms(v_table, v_language, p_query);
  if not found then
    return;
  end if;
  v_statement := replace(v_statement, '{words}', embedd_internal.indexed_words());
  v_statement := replace(v_statement, '{language}', format('%L::pg_catalog.regconfig', v_language));
  v_statement := replace(v_statement, '{table}', v_table);
  -- Replaced last, because a condition contains values of users.
  v_statement := replace(v_statement, '{condition}', p_condition);
  return query execute v_statement
    using v_query.matching, v_query.candidates, v_query.terms, v_query.queries, v_query.shares, v_query.total, p_limit;
end
$$;
