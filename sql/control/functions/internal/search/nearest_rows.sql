-- Return keys and cosine similarities of the rows nearest to a vector in a co-located store. Use the HNSW index, or an
-- exact scan if the index yields too few rows. If texts are cut into passages, the similarity of a row is that of its
-- nearest passage.
create or replace function embedd_internal.nearest_rows(
  p_generation jsonb, p_vector real[], p_condition text, p_limit int)
returns table (pk_value text, score float8)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_dimensions int := (p_generation -> 'embedding' ->> 'dimensions')::int;
  v_schema name := (
    select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector');
  v_cast text := format('%I.vector', v_schema);
  v_column text := 'embedding';
  v_found text := format('%I.%I where not dead and embedding is not null',
                         p_generation -> 'store' ->> 'schema', p_generation -> 'store' ->> 'name');
  -- How many vectors to read for each requested row, one attempt after the other. Null is the exact scan: it reads the
  -- vectors of all passages, or without passages one vector for each requested row.
  v_widths int[] := array[1, null];
  v_width int;
  v_candidates text;
  v_before text;
  v_keys text[];
  v_scores float8[];
begin
  if cardinality(p_vector) <> v_dimensions or array_position(p_vector, null) is not null then
    raise exception using errcode = 'EBV01', message = format('query_vector must have %s numbers.', v_dimensions),
      hint = format('Embed the query with the model %s.', p_generation -> 'embedding' ->> 'model');
  end if;

  execute format('select $1::%s', v_cast) using p_vector;  -- Loads the library, which defines the settings below.
  if v_dimensions > 2000 and v_dimensions <= 4000 then
    v_column := format('(embedding::%I.halfvec(%s))', v_schema, v_dimensions);
    v_cast := format('%s::%I.halfvec(%s)', v_cast, v_schema, v_dimensions);
  end if;
  if p_generation -> 'embedding' -> 'chunking' ->> 'strategy' <> 'none' then
    v_widths := array[4, 32, null];
    v_found := format(
      '%1$I.%2$I join (select pk_value, metadata from %1$I.%3$I where not dead) stored using (pk_value) where true',
      p_generation -> 'store' ->> 'schema', (p_generation -> 'store' ->> 'name') || '_passages',
      p_generation -> 'store' ->> 'name');
  end if;

  -- Let the index read more candidates than requested, and continue while the condition drops some (pgvector 0.8).
  v_candidates := current_setting('hnsw.ef_search');
  perform set_config('hnsw.ef_search', least(1000, greatest(64, 2 * p_limit))::text, true);
  v_before := current_setting('hnsw.iterative_scan', true);
  if v_before is not null then
    perform set_config('hnsw.iterative_scan', 'strict_order', true);
  end if;

  foreach v_width in array v_widths loop
    execute format('select array_agg(k), array_agg(1 - d) from (
                      select k, min(d) as d from (
                        select pk_value as k, 0::float8 + (embedding operator(%1$I.<=>) $1::%1$I.vector) as d
                          from %2$s and %3$s
                         order by %4$s limit $3) near
                       group by k order by 2 limit $2) found',
                   v_schema, v_found, p_condition,
                   case when v_width is null then '2'
                        else format('%s operator(%I.<=>) $1::%s', v_column, v_schema, v_cast) end)
       into v_keys, v_scores
      using p_vector, p_limit, case when v_widths[1] = 1 then p_limit else v_width * p_limit end;
    exit when cardinality(v_keys) >= p_limit;
  end loop;

  perform set_config('hnsw.ef_search', v_candidates, true);
  if v_before is not null then
    perform set_config('hnsw.iterative_scan', v_before, true);
  end if;

  return query select f.k, greatest(-1, least(1, f.s)) from unnest(v_keys, v_scores) f(k, s) order by 2 desc, 1;
end
$$;
