-- Wait 2 s at most for locks on tables, because writers queue behind. If this fails with lock_not_available
-- (55P03), nothing was changed: run it again.
select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('embedd.migrate', 0));
set local lock_timeout = '2s';
set local client_min_messages = warning;
set local check_function_bodies = off;
set local search_path = pg_catalog, pg_temp;
do $embedd_install$
begin
  if to_regnamespace('embedd') is null then
    -- CREATE without IF NOT EXISTS never adopts an object of another owner under a name of embedd.
    create schema embedd;
    create table embedd.migrations (
      line       text not null check (line in ('capture', 'control')),
      number     int not null,
      name       text not null,
      applied_at timestamptz not null default now(),
      primary key (line, number)
    );
  elsif (select pg_get_userbyid(nspowner) <> current_user from pg_namespace where nspname = 'embedd') then
    -- Refuse members and superusers too: objects would belong to several owners, or run code of another owner.
    raise exception using errcode = 'EBX01',
      message = format('The schema embedd belongs to another role, not to %s.', current_user),
      hint = format('Run the upgrade as %s.',
                    (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'embedd'));
  elsif to_regclass('embedd.migrations') is null then
    raise exception using errcode = 'EBX01',
      message = 'The schema embedd of this database was not installed by embedd.',
      hint = 'Rename or drop it, then run the installation again.';
  elsif exists (select from embedd.migrations where {newer}) then
    raise exception using errcode = 'EBX01', message = 'The schema embedd of this database is newer than this program.',
      hint = 'Upgrade embedd-pg; nothing was changed.';
  end if;
end
$embedd_install$;
