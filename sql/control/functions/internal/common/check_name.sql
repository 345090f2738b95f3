-- Check the name of a connection, embedder or vector table. SQL addresses objects by name, so a name in use is refused;
-- REST addresses objects by id and passes p_taken as false.
create or replace function embedd_internal.check_name(p_name text, p_noun text, p_taken boolean) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  perform embedd_internal.check_text(p_name, 'name', 100, format('Give the %s a name.', p_noun));
  if p_taken then
    raise exception using errcode = 'EBC05',
      message = format('%s %s named %s already exists.',
                       case when p_noun ~ '^[aeiou]' then 'An' else 'A' end, p_noun, quote_literal(p_name)),
      hint = 'Choose another name, or drop the existing one first.';
  end if;
end
$$;
