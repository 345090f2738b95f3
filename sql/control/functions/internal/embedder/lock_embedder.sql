-- Return an embedder by name or id and lock its row until the transaction ends. No other transaction can change it
-- meanwhile, and a vector table that is about to refer to it waits.
create or replace function embedd_internal.lock_embedder(p_reference text) returns embedd.embedders
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_embedder embedd.embedders;
begin
  select * into v_embedder from embedd.embedders where id = embedd_internal.resolve_embedder(p_reference) for update;
  if not found then
    raise exception using errcode = 'EBN03',
      message = 'The embedder was just deleted.',
      hint = 'List the embedders to see which exist.';
  end if;
  return v_embedder;
end
$$;
