-- Return one vector table by name or id.
create or replace function embedd.get_vector_table(vector_table text)
returns table (id text, org_id text, environment_id text, name text, connection_id text, embedding_provider_id text,
               source_table text, primary_key_column text, mode text, sync_mode text, sync_status text,
               embedding_model text, embedding_dimensions int, columns json, created_at timestamptz,
               "where" text, language text, chunking jsonb, store_settings jsonb)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_vector_table(vector_table);
begin
  return query select * from embedd.list_vector_tables() v where v.id = v_id;
end
$$;
comment on function embedd.get_vector_table(text) is 'Return one vector table by name or id.';
