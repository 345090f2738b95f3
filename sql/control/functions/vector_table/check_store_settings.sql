-- How the collections of a vector table are laid out in Qdrant. Tables of pgvector have nothing of the kind.
create or replace function embedd.check_store_settings(p_settings jsonb, p_mode text) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if coalesce(p_settings, '{}') <> '{}' then
    raise exception using errcode = 'EBV01', message = 'store_settings: there are none yet.', hint = 'Leave it out.';
  end if;
  return '{}';
end
$$;
