-- Raise model_warning() as a notice in the session, and add it to the notices of a vector table. With a base_url of its
-- own there is no stored notice, because the catalogue is not expected to know that server's models.
create or replace function embedd_internal.note_model(
  p_vector_table_id text, p_provider text, p_model text, p_base_url text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_warning text := embedd_internal.model_warning(p_provider, p_model);
begin
  if v_warning is null then
    return;
  end if;
  raise notice '%', v_warning;
  if p_base_url is null then
    perform embedd_internal.add_notice(p_vector_table_id, v_warning);
  end if;
end
$$;
