-- Replace a sealed credential by the newly sealed one; return false if the old one is no longer stored.
create or replace function embedd_internal.replace_sealed(
  p_kind text, p_id text, p_old jsonb, p_new jsonb, p_fingerprint bytea default null)
returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_embedder embedd.embedders;
begin
  if p_kind = 'connections' then
    update embedd.connections set password = p_new where id = p_id and password = p_old;
    if not found then
      return false;
    end if;
    perform embedd_internal.note_change('rotate_secret', p_id);
    return true;
  end if;

  select * into v_embedder from embedd.embedders where public_id = p_id and credentials = p_old for update;
  if not found then
    return false;
  end if;

  v_embedder.fingerprint := p_fingerprint;
  update embedd.embedders
     set credentials = p_new, fingerprint = p_fingerprint,
         duplicate_key = case when duplicate_key is not null then embedd_internal.embedder_duplicate_key(v_embedder) end
   where id = v_embedder.id;
  update embedd.vector_tables set changed_at = now() where embedder_id = v_embedder.id;
  perform embedd_internal.note_change('rotate_secret', p_id);
  return true;
end
$$;
