-- Return the vector of a search by rows (`like` in the form of check_like()), from the vectors of a co-located store,
-- read with the rights of the caller. A text of several passages has the mean of their directions.
create or replace function embedd_internal.like_vector(p_generation jsonb, p_like jsonb) returns real[]
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_rows text := format('%I.%I', p_generation -> 'store' ->> 'schema', p_generation -> 'store' ->> 'name');
  v_passages text := format(
    '%I.%I', p_generation -> 'store' ->> 'schema', (p_generation -> 'store' ->> 'name') || '_passages');
  v_stored text := case
    when p_generation -> 'embedding' -> 'chunking' ->> 'strategy' = 'none' then format(
      'select pk_value, embedding::real[]::float8[] as vector
         from %s where pk_value = any ($1) and not dead and embedding is not null', v_rows)
    else format(
      'select pk_value, array_agg(number order by place) as vector
         from (select pk_value, place, avg(number) as number
                 from (select pk_value, place,
                              number / sqrt(sum(number * number) over (partition by pk_value, passage)) as number
                         from %s p join %s stored using (pk_value),
                              unnest(p.embedding::real[]::float8[]) with ordinality u (number, place)
                        where pk_value = any ($1) and not stored.dead) units
                group by pk_value, place) means
        group by pk_value', v_passages, v_rows)
    end;
  v_keys text[];
  v_vectors float8[];
begin
  execute format('select array_agg(pk_value), array_agg(vector) from (%s) stored', v_stored)
    into v_keys, v_vectors
   using array(select jsonb_array_elements_text((p_like -> 'positive') || (p_like -> 'negative')));
  return embedd_internal.mean_direction(p_like, coalesce(v_keys, '{}'), v_vectors);
end
$$;
