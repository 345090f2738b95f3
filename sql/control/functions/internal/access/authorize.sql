-- Refuses the acting user who may not do this to the thing with this id. Things belong to who made them, embedders to their
-- owner. Nobody's own are environments, which hold what others made; the connection local, which reads with the rights of
-- the service; and vector tables over it. What does not exist is refused like another's: look for it first.
create or replace function embedd_internal.authorize(p_operation text, p_noun text, p_id text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  perform embedd_internal.require_permission(p_operation, p_noun, case p_noun
    when 'connection' then (select created_by from embedd.connections where id = p_id and host is not null)
    when 'vector_table' then (select v.created_by from embedd.vector_tables v join embedd.connections c on c.id = v.connection_id
                               where v.id = p_id and c.host is not null)
    when 'embedder' then (select owner_id from embedd.embedders where id::text = p_id)
    when 'api_key' then (select user_id from embedd.api_keys where id = p_id)
  end);
end
$$;
