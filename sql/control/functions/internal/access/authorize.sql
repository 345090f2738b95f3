-- Raise unless the acting user may perform the operation on the object with this id. An object belongs to the user who
-- made it, an embedder to its owner. Three kinds of objects belong to no user: environments, which hold objects of
-- other users; the local connection, which reads with the rights of the service; and vector tables on the local
-- connection. An object that does not exist is treated as one of another user, so resolve the reference first.
create or replace function embedd_internal.authorize(p_operation text, p_noun text, p_id text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  perform embedd_internal.require_permission(p_operation, p_noun, case p_noun
    when 'connection' then (select created_by from embedd.connections where id = p_id and host is not null)
    when 'vector_table' then (select v.created_by
                                from embedd.vector_tables v join embedd.connections c on c.id = v.connection_id
                               where v.id = p_id and c.host is not null)
    when 'embedder' then (select owner_id from embedd.embedders where id::text = p_id)
    when 'api_key' then (select user_id from embedd.api_keys where id = p_id)
  end);
end
$$;
