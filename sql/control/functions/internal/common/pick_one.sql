-- Return the one id that a name or id given by a user means; raise if there is none or more than one. Names are labels
-- and may repeat (REST allows it); ids never do. Callers keep the result in a variable: in a WHERE clause this function
-- would run once per row, and never without rows.
create or replace function embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text)
returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_reference = any (p_ids) then
    return p_reference;
  end if;
  if cardinality(p_ids) = 1 then
    return p_ids[1];
  end if;
  if cardinality(p_ids) > 1 then
    raise exception using errcode = 'EBV01',
      message = format('%s %ss are named %s: %s.',
                       cardinality(p_ids), p_noun, quote_literal(p_reference), array_to_string(p_ids, ', ')),
      hint = 'Name the one you mean by its id.';
  end if;
  raise exception using errcode = p_errcode,
    message = format('There is no %s %s in this environment.', p_noun, coalesce(quote_literal(p_reference), 'null')),
    hint = format('List the %ss to see which exist; name one by its name or id.', p_noun);
end
$$;
