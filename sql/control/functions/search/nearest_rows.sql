-- Keys and cosine similarities of the rows nearest to a vector in a store beside us, along the HNSW index, or exactly where
-- that yields too few.
create or replace function embedd.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit int)
returns table (pk_value text, score float8)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_dimensions int := (p_generation ->> 'dimensions')::int;
  v_schema name := (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector');
  v_cast text := format('%I.vector', v_schema);
  v_column text := 'embedding';
  v_way text;
  v_candidates text;
  v_before text;
  v_keys text[];
  v_scores float8[];
begin
  if cardinality(p_vector) <> v_dimensions or array_position(p_vector, null) is not null then
    raise exception using errcode = 'EBV01', message = format('query_vector must have %s numbers.', v_dimensions),
      hint = format('Embed the query with the model %s.', p_generation ->> 'model');
  end if;
  execute format('select $1::%s', v_cast) using p_vector;  -- loads the library, which knows the settings below
  if v_dimensions > 2000 and v_dimensions <= 4000 then
    v_column := format('(embedding::%I.halfvec(%s))', v_schema, v_dimensions);
    v_cast := format('%s::%I.halfvec(%s)', v_cast, v_schema, v_dimensions);
  end if;
  -- The index looks at more candidates than are asked for, and goes on while the condition drops some (pgvector 0.8).
  v_candidates := current_setting('hnsw.ef_search');
  perform set_config('hnsw.ef_search', least(1000, greatest(64, 2 * p_limit))::text, true);
  v_before := current_setting('hnsw.iterative_scan', true);
  if v_before is not null then
    perform set_config('hnsw.iterative_scan', 'strict_order', true);
  end if;
  foreach v_way in array array[format('%s operator(%I.<=>) $1::%s', v_column, v_schema, v_cast), '2'] loop
    execute format('select array_agg(k), array_agg(1 - d) from (
                      select pk_value as k, 0::float8 + (embedding operator(%1$I.<=>) $1::%1$I.vector) as d from %2$I.%3$I
                       where not dead and embedding is not null and %4$s order by %5$s limit $2) found',
                   v_schema, p_generation ->> 'store_schema', p_generation ->> 'store_table', p_condition, v_way)
       into v_keys, v_scores using p_vector, p_limit;
    exit when cardinality(v_keys) >= p_limit;
  end loop;
  perform set_config('hnsw.ef_search', v_candidates, true);
  if v_before is not null then
    perform set_config('hnsw.iterative_scan', v_before, true);
  end if;
  return query select f.k, greatest(-1, least(1, f.s)) from unnest(v_keys, v_scores) f(k, s) order by 2 desc, 1;
end
$$;
