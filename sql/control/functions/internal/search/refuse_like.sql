-- Raise the error of a search by the vectors of rows (`like`) that has none to search by: because of the rows that are
-- missing, or, without any, because the vectors of all rows cancel each other out. A row that is not there, one that is
-- hidden from the caller and one without a vector are told by the same words, so that they tell nothing of hidden rows.
create or replace function embedd_internal.refuse_like(p_missing text[]) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  c_shown constant int := 5;
  v_shown text := (
    select string_agg(to_json(case when length(key) > 80 then left(key, 77) || '...' else key end)::text, ', '
                      order by place)
      from unnest(p_missing) with ordinality m (key, place)
     where place <= c_shown);
begin
  if cardinality(p_missing) = 0 then
    raise exception using errcode = 'EBV01', message = 'The vectors of the rows that like names cancel each other out.',
      hint = 'Name fewer rows, or rows with more in common.';
  end if;
  raise exception using errcode = 'EBV01',
    message = format('like names rows that no search finds: %s%s.', v_shown,
                     case when cardinality(p_missing) > c_shown
                       then format(' and %s more', cardinality(p_missing) - c_shown) else '' end),
    hint = 'A key is the id of a result. A row is found when it is synced, and only if it has a text.';
end
$$;
