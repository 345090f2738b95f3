-- A user of the acting organization; returns its id. Keys made for it act with its role.
create or replace function embedd.create_user(name text, role text default 'member') returns uuid
language sql set search_path = pg_catalog, pg_temp
as $$
  select embedd.add_user(embedd.resolve_organization(embedd.acting_organization()), create_user.name, create_user.role)
$$;
comment on function embedd.create_user(text, text) is 'Makes a user (owner, admin or member) of the organization; returns its id.';
