-- Return whether this database owns its vector stores, as a worker would find it now: the state, and a message if
-- something is wrong.
create or replace function embedd.instance_status()
returns table (state text, message text, uid uuid, timeline bigint, checked_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select s.state, embedd_internal.instance_message(s.state), i.uid, i.timeline, i.checked_at
    from (select embedd_internal.instance_state() as state) s left join embedd.instance i on true
$$;
comment on function embedd.instance_status() is 'Return whether this database owns its vector stores, or is a copy.';
