-- Check the length of a name or label, and refuse characters that act on a terminal or a log: control characters, line
-- separators, and marks that change the direction of writing.
create or replace function embedd_internal.check_text(
  p_text text, p_what text, p_most int, p_hint text, p_least int default 1) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_least > 0 and length(btrim(coalesce(p_text, ''))) = 0 or length(p_text) > p_most then
    raise exception using errcode = 'EBV01', hint = p_hint,
      message = format('%s must have %s %s characters.',
                       p_what, case p_least when 0 then 'at most' else p_least || ' to' end, p_most);
  end if;
  if p_text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]' then
    raise exception using errcode = 'EBV01', message = format('%s must not contain control characters.', p_what),
      hint = 'Leave out line breaks, tabs, escape sequences and marks of direction.';
  end if;
end
$$;
