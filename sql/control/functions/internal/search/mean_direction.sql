-- Return the vector of a search by rows (`like` in the form of check_like()): twice the mean of the positive rows less
-- the mean of the negative ones. Each vector counts with length 1. `p_vectors` has those of the rows `p_keys`, in their
-- order. Raise an error if a row is missing, or if nothing is left to search by. A row that is not there, one that is
-- hidden from the caller and one without a vector are told by the same words, which so tell nothing of hidden rows.
create or replace function embedd_internal.mean_direction(p_like jsonb, p_keys text[], p_vectors float8[])
returns real[]
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  c_shown constant int := 5;
  c_no_length constant float8 := 1e-5;
  v_missing text[] := array(
    select key
      from jsonb_array_elements_text((p_like -> 'positive') || (p_like -> 'negative')) with ordinality k (key, place)
     where key <> all (p_keys) order by place);
  v_vector float8[];
  v_length float8;
begin
  if v_missing <> '{}' then
    raise exception using errcode = 'EBV01',
      message = format('like names rows that no search finds: %s%s.', (
        select string_agg(to_json(case when length(key) > 80 then left(key, 77) || '...' else key end)::text, ', '
                          order by place)
          from unnest(v_missing) with ordinality m (key, place) where place <= c_shown),
        case when cardinality(v_missing) > c_shown
             then format(' and %s more', cardinality(v_missing) - c_shown) else '' end),
      hint = 'A key is the id of a result. A row is found when it is synced, and only if it has a text.';
  end if;

  with numbers as (
    select (n - 1) / array_length(p_vectors, 2) + 1 as row, (n - 1) % array_length(p_vectors, 2) as place, number
      from unnest(p_vectors) with ordinality u (number, n)
  ), weights as (
    select row,
           case when p_like -> 'positive' ? p_keys[row] then 2.0 / jsonb_array_length(p_like -> 'positive')
                else -1.0 / nullif(jsonb_array_length(p_like -> 'negative'), 0) end
           / nullif(sqrt(sum(number * number)), 0) as weight
      from numbers group by row
  ), sums as (
    select place, sum(coalesce(number * weight, 0)) as number from numbers join weights using (row) group by place
  )
  select array_agg(number order by place), sqrt(sum(number * number)) into v_vector, v_length from sums;

  if v_length < c_no_length then
    raise exception using errcode = 'EBV01', message = 'The vectors of the rows that like names cancel each other out.',
      hint = 'Name fewer rows, or rows with more in common.';
  end if;
  return v_vector;
end
$$;
