-- Return a state of the instance as a sentence; null if nothing is wrong.
create or replace function embedd_internal.instance_message(p_state text) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select case p_state
    when 'foreign' then 'This database is a copy of the one that owns the vector stores, '
                        'or has a copy that writes to them; this one does not.'
    when 'standby' then 'This server is a standby: nothing is claimed here.'
    when 'moved' then 'This database was failed over, restored, or its tokens were set back.' end
$$;
