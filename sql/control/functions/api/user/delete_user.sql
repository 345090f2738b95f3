-- Delete a user and their keys. Everything else that they own passes to the heir, by default the first other owner, so
-- that searches of the organization keep working. Without confirm => true the function only lists what they own.
create or replace function embedd.delete_user("user" text, heir text default null, confirm boolean default false)
returns table (kind text, id text, name text, fate text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id uuid := embedd_internal.resolve_user("user");
  v_heir embedd.users;
  v_unique uuid[];
  v_embedder uuid;
begin
  perform embedd_internal.check_owner_left(v_id);
  select u.* into v_heir from embedd.users u
   where case when heir is not null then u.id = embedd_internal.resolve_user(heir)
              else u.organization_id = embedd_internal.acting_organization()
                   and u.role = 'owner' and u.disabled_at is null and u.id <> v_id end
   order by u.created_at limit 1;
  if v_heir.id = v_id then
    raise exception using errcode = 'EBV01',
      message = 'The heir must be another user.',
      hint = 'Name the user to whom everything else passes.';
  end if;
  return query
    select o.kind, o.id, o.name, case o.kind when 'API key' then 'ends' else 'passes to ' || v_heir.name end
      from (select 1, 'API key', k.id, k.name, k.created_at
              from embedd.api_keys k
             where k.user_id = v_id and k.revoked_at is null
            union all
            select 2, 'connection', c.id, c.name, c.created_at
              from embedd.connections c
             where c.created_by = v_id
            union all
            select 3, 'embedder', e.public_id, e.name, e.created_at
              from embedd.embedders e
             where e.owner_id = v_id
            union all
            select 4, 'vector table', v.id, v.name, v.created_at
              from embedd.vector_tables v
             where v.created_by = v_id and v.dropped_at is null) o (place, kind, id, name, created_at)
     order by o.place, o.created_at, o.id;
  if not confirm then
    return;
  end if;

  update embedd.connections c set created_by = v_heir.id where c.created_by = v_id;
  update embedd.vector_tables v set created_by = v_heir.id where v.created_by = v_id;
  v_unique := array(select e.id from embedd.embedders e where e.owner_id = v_id and e.duplicate_key is not null);
  update embedd.embedders e set owner_id = v_heir.id, duplicate_key = null where e.owner_id = v_id;
  -- An embedder equal to one of the heir keeps no duplicate_key, as if it was made where duplicates are allowed.
  foreach v_embedder in array v_unique loop
    update embedd.embedders e set duplicate_key = embedd_internal.embedder_duplicate_key(e)
     where e.id = v_embedder
       and not exists (
         select from embedd.embedders h where h.duplicate_key = embedd_internal.embedder_duplicate_key(e));
  end loop;

  delete from embedd.users u where u.id = v_id;
  perform embedd_internal.note_change('delete_user', v_id::text);
end
$$;
comment on function embedd.delete_user(text, text, boolean) is
  'Remove a user and their keys; the rest passes to the heir. Without confirm => true it only lists it.';
