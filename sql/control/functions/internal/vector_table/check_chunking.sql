-- Return how texts are cut into passages, with defaults filled in: {strategy, max_tokens, overlap_tokens}. Raise EBV01
-- for invalid settings.
create or replace function embedd_internal.check_chunking(p_chunking jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_strategy text := coalesce(p_chunking ->> 'strategy', 'none');
  v_unknown text;
  v_tokens numeric;
  v_overlap numeric;
begin
  if p_chunking is null then
    return '{"strategy": "none"}';
  elsif jsonb_typeof(p_chunking) <> 'object' then
    raise exception using errcode = 'EBV01',
      message = 'chunking must be an object.',
      hint = 'As in {"strategy": "recursive", "max_tokens": 512}.';
  end if;

  select k into v_unknown
    from jsonb_object_keys(p_chunking) k
   where k not in ('strategy', 'max_tokens', 'overlap_tokens')
   order by k limit 1;
  if v_unknown is not null then
    raise exception using errcode = 'EBV01', message = format('chunking: there is no setting %s.', v_unknown),
      hint = 'It takes strategy, max_tokens and overlap_tokens.';
  elsif v_strategy not in ('none', 'recursive', 'sentences', 'markdown') then
    raise exception using errcode = 'EBV01',
      message = 'chunking: strategy must be none, recursive, sentences or markdown.',
      hint = 'recursive suits any text.';
  elsif v_strategy = 'none' then
    if p_chunking ?| array['max_tokens', 'overlap_tokens'] then
      raise exception using errcode = 'EBV01',
        message = 'chunking: strategy none takes no sizes.',
        hint = 'Name a strategy, as in recursive.';
    end if;
    return '{"strategy": "none"}';
  elsif jsonb_typeof(p_chunking -> 'max_tokens') not in ('number', 'null')
        or jsonb_typeof(p_chunking -> 'overlap_tokens') not in ('number', 'null') then
    raise exception using errcode = 'EBV01',
      message = 'chunking: max_tokens and overlap_tokens must be whole numbers.',
      hint = 'Leave them out for 512 and 64.';
  end if;

  v_tokens := coalesce((p_chunking ->> 'max_tokens')::numeric, 512);
  v_overlap := coalesce((p_chunking ->> 'overlap_tokens')::numeric, floor(v_tokens / 8));
  if v_tokens not between 16 and 8192 or v_tokens <> floor(v_tokens) then
    raise exception using errcode = 'EBV01',
      message = 'chunking: max_tokens must be a whole number between 16 and 8192.',
      hint = 'Leave it out for 512.';
  elsif v_overlap < 0 or v_overlap > v_tokens / 2 or v_overlap <> floor(v_overlap) then
    raise exception using errcode = 'EBV01',
      message = 'chunking: overlap_tokens must be a whole number between 0 and half of max_tokens.',
      hint = format('Leave it out for %s.', floor(v_tokens / 8));
  end if;
  return jsonb_build_object('strategy', v_strategy, 'max_tokens', v_tokens::int, 'overlap_tokens', v_overlap::int);
end
$$;
