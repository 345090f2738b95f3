-- Check `like` of a search request, the keys of rows whose vectors are searched by, and return it with both lists; null
-- if there is none. A key is the id of a result.
create or replace function embedd_internal.check_like(p_like jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  c_rows constant int := 100;
  v_like jsonb;
  v_keys jsonb;
begin
  if p_like is null or p_like = 'null' then
    return null;
  elsif jsonb_typeof(p_like) = 'object' then
    if p_like - '{positive,negative}'::text[] = '{}' then
      v_like := jsonb_build_object(
        'positive', coalesce(nullif(p_like -> 'positive', 'null'), '[]'),
        'negative', coalesce(nullif(p_like -> 'negative', 'null'), '[]'));
    end if;
  end if;

  if v_like is null or jsonb_path_exists(v_like, 'strict $.* ? (@.type() != "array")') then
    raise exception using errcode = 'EBV01',
      message = 'like must be an object with a list of keys, positive, and may have another one, negative.',
      hint = 'Write it as in {"positive": ["17"], "negative": ["4"]}.';
  elsif jsonb_path_exists(v_like, 'strict $.*[*] ? (@.type() != "string")') then
    raise exception using errcode = 'EBV01', message = 'The keys of like must be strings.',
      hint = 'A key is the id of a result, as in {"positive": ["17"]}.';
  end if;

  v_keys := (v_like -> 'positive') || (v_like -> 'negative');
  if v_like -> 'positive' = '[]' or jsonb_array_length(v_keys) > c_rows then
    raise exception using errcode = 'EBV01',
      message = format('like must name at least one row in positive, and at most %s in both lists.', c_rows),
      hint = 'Name the rows that matter most.';
  elsif jsonb_array_length(v_keys) > (select count(distinct value) from jsonb_array_elements(v_keys)) then
    raise exception using errcode = 'EBV01', message = 'like names a row more than once.',
      hint = 'Each row counts the same, so name it once.';
  end if;
  return v_like;
end
$$;
