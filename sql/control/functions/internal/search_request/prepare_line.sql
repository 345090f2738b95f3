-- Return the call of prepare_search() that prepares a search, with the arguments that are not the defaults.
create or replace function embedd_internal.prepare_line(p_vector_table text, p_request jsonb) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select format(
    'call %s(%L, %L%s);',
    'embedd.prepare_search',
    (select name from embedd.vector_tables where id = p_vector_table),
    p_request ->> 'query',
    (select string_agg(
              format(', %I => %s', name,
                     case jsonb_typeof(value)
                       when 'number' then value::text
                       when 'array' then quote_literal(array(select jsonb_array_elements_text(value)))
                       else quote_literal(value #>> '{}') end),
              '' order by place)
       from unnest(array['limit', 'filters', 'search_mode', 'min_similarity_score', 'rerank', 'like',
                        'score_threshold', 'without', 'query_vector'])
              with ordinality a (name, place),
            lateral (select p_request -> name) v (value)
      where value <> 'null' and (name, value) not in (('limit', '10'), ('search_mode', '"vector"'))))
$$;
