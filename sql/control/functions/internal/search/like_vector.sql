-- Return the vector of a search by rows (`like` in the form of check_like()), from a co-located store, with the rights
-- of the caller: twice the mean of the positive rows less the mean of the negative ones. Every vector counts with
-- length 1; that of a text that is cut is the mean of its passages. embedd_pg/search/like.py computes the same for all
-- stores.
create or replace function embedd_internal.like_vector(p_generation jsonb, p_like jsonb) returns real[]
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_schema text := p_generation -> 'store' ->> 'schema';
  v_name text := p_generation -> 'store' ->> 'name';
  v_positive text[] := array(select jsonb_array_elements_text(p_like -> 'positive'));
  v_negative text[] := array(select jsonb_array_elements_text(p_like -> 'negative'));
  v_stored text := case
    when p_generation -> 'embedding' -> 'chunking' ->> 'strategy' <> 'none' then format(
      '%1$I.%2$I join (select pk_value from %1$I.%3$I where not dead) stored using (pk_value)',
      v_schema, v_name || '_passages', v_name)
    else format('(select pk_value, 1 as passage, embedding from %I.%I where not dead and embedding is not null) stored',
                v_schema, v_name)
    end;
  v_found text[];
  v_missing text[];
  v_vector float8[];
begin
  execute format(
    'with numbers as (
       select pk_value, passage, place, number::float8
         from %s, unnest(embedding::real[]) with ordinality u (number, place)
        where pk_value = any ($1 || $2)
     ), passages as (
       select pk_value, place,
              number / sqrt(sum(number * number) over (partition by pk_value, passage)) as number
         from numbers
     ), means as (
       select pk_value, place, avg(number) as number from passages group by pk_value, place
     ), units as (
       select pk_value, place,
              coalesce(number / nullif(sqrt(sum(number * number) over (partition by pk_value)), 0), 0) as number
         from means
     ), sums as (
       select place,
              2 * avg(number) filter (where pk_value = any ($1))
              - coalesce(avg(number) filter (where pk_value = any ($2)), 0) as number
         from units group by place
     )
     select array(select distinct pk_value from numbers), (select array_agg(number order by place) from sums)',
    v_stored)
    into v_found, v_vector
   using v_positive, v_negative;

  v_missing := array(
    select key from unnest(v_positive || v_negative) with ordinality k (key, place)
     where key <> all (v_found) order by place);
  if v_missing <> '{}' or (select sum(number * number) < 1e-10 from unnest(v_vector) number) then
    perform embedd_internal.refuse_like(v_missing);
  end if;
  return v_vector;
end
$$;
