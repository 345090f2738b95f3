-- Raise unless the caller is the installation that takes the events of this database. With p_take the first
-- installation that calls becomes the one that takes them.
create or replace function embedd_internal.check_consumer(p_installation uuid, p_take boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_line record;
begin
  if p_take and p_installation is not null then
    insert into embedd.consumer (installation) values (p_installation) on conflict do nothing;
  end if;
  v_line := embedd.capture_line();
  if v_line.control then
    raise exception using errcode = 'EBP02',
      message = 'An installation of embedd in that database takes its events itself.',
      hint = 'Create the vector table there, or drop the schema embedd there and run embedd migrate --capture-only.';
  end if;
  if v_line.installation is distinct from p_installation then
    raise exception using errcode = 'EBP02',
      message = 'Another installation of embedd takes the events of that database.',
      hint = 'If that installation no longer exists, run in that database: delete from embedd.consumer';
  end if;
end
$$;
