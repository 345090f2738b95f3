-- Record that a worker looks for work (p_error is null), or why it cannot, and forget workers that ended a day ago, or
-- whose next run was due a day ago. p_knows is the newest migration of the line control that the worker's program
-- knows; workers of earlier versions do not say it.
-- First move due times if the clock went back. The record need not survive a crash, so it does not wait for the disk.
create or replace function embedd_internal.record_look(p_worker text, p_error text, p_knows int default null)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  perform embedd_internal.follow_clock();
  insert into embedd.looks as l (worker, error, error_at, knows)
  values (p_worker, p_error, case when p_error is not null then clock_timestamp() end, p_knows)
  on conflict (worker) do update
     set looked_at = clock_timestamp(), error = p_error, knows = p_knows,
         error_at = case when p_error is not null then coalesce(l.error_at, clock_timestamp()) end;
  delete from embedd.looks where looked_at + coalesce(every, '0') < clock_timestamp() - interval '1 day';
end
$$;
