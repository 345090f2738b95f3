-- Let rows of a dump replace rows that the installation created, as a trigger. Restoring a database that has embedd as
-- an extension first installs the extension with its rows and then inserts the rows of the dump. Only rows that are
-- unchanged since the installation are replaced. In any other case the insert fails as a duplicate, as it would without
-- this trigger.
create or replace function embedd_internal.make_way() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_installed xid;
begin
  if tg_table_name = 'doorbell' then
    delete from embedd.doorbell;
    return new;
  elsif tg_table_name = 'sealing' then
    delete from embedd.sealing;
    return new;
  elsif tg_table_name = 'models' then
    delete from embedd.models where provider = new.provider and model = new.model and origin = 'shipped';
    return new;
  end if;

  v_installed := (select xmin from embedd.organizations where id = new.id);
  if v_installed is not null
     and not exists (select from embedd.vector_tables)
     and not exists (select from embedd.api_keys)
     and not exists (select from embedd.users where xmin <> v_installed)
     and not exists (select from embedd.environments where xmin <> v_installed)
     and not exists (select from embedd.connections where xmin <> v_installed)
     and not exists (select from embedd.embedders where xmin <> v_installed)
  then
    delete from embedd.embedders where organization_id = new.id;
    delete from embedd.connections where organization_id = new.id;
    delete from embedd.environments where organization_id = new.id;
    delete from embedd.users where organization_id = new.id;
    delete from embedd.organizations where id = new.id;
  end if;
  return new;
end
$$;
do $$
begin
  if not exists (select from pg_catalog.pg_trigger
                  where tgrelid = 'embedd.organizations'::pg_catalog.regclass
                    and tgname = 'organizations_make_way') then
    create trigger organizations_make_way before insert on embedd.organizations
      for each row when (new.id = 'org_self_hosted') execute function embedd_internal.make_way();
    create trigger doorbell_make_way before insert on embedd.doorbell
      for each row execute function embedd_internal.make_way();
    alter table embedd.organizations enable always trigger organizations_make_way;
    alter table embedd.doorbell enable always trigger doorbell_make_way;
  end if;

  if not exists (select from pg_catalog.pg_trigger
                  where tgrelid = 'embedd.sealing'::pg_catalog.regclass and tgname = 'sealing_make_way') then
    create trigger sealing_make_way before insert on embedd.sealing
      for each row execute function embedd_internal.make_way();
    alter table embedd.sealing enable always trigger sealing_make_way;
  end if;

  if not exists (select from pg_catalog.pg_trigger
                  where tgrelid = 'embedd.models'::pg_catalog.regclass and tgname = 'models_make_way') then
    create trigger models_make_way before insert on embedd.models
      for each row when (new.origin = 'operator') execute function embedd_internal.make_way();
    alter table embedd.models enable always trigger models_make_way;
  end if;
end
$$;
