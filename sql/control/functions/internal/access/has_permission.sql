-- Return whether the acting user holds the permission <OPERATION>_<NOUN>_<SCOPE>, such as UPDATE_CONNECTION_ANY. Owners
-- and admins hold ANY and OWN, members hold OWN, and all others hold nothing. This function is the one place that says
-- what each role may do; authorize() says which user owns an object.
create or replace function embedd_internal.has_permission(p_operation text, p_noun text, p_scope text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_operation is null or p_operation not in ('create', 'read', 'list', 'update', 'delete')
     or p_noun is null or p_noun not in ('connection', 'embedder', 'vector_table', 'environment', 'api_key')
     or p_scope is null or p_scope not in ('own', 'any') then
    raise exception 'has_permission knows no % % %', p_operation, p_noun, p_scope;
  end if;
  return case embedd_internal.acting_role()
    when 'owner' then true
    when 'admin' then true
    when 'member' then p_scope = 'own'
    else false
  end;
end
$$;
