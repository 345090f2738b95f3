-- Count a request without a valid API key by its address and minute, over all API processes. Beyond a thousand
-- addresses in one minute the rest shares one entry, and entries are kept for 90 days, so that strangers cannot fill
-- the table.
create or replace function embedd_internal.count_failed_login(p_address text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_minute timestamptz := date_trunc('minute', clock_timestamp());
  v_address text := left(p_address, 100);
begin
  update embedd.failed_logins set attempts = attempts + 1 where minute = v_minute and address = v_address;
  if found then
    return;
  end if;
  delete from embedd.failed_logins where minute < v_minute - interval '90 days';
  if (select count(*) from embedd.failed_logins where minute = v_minute) >= 1000 then
    v_address := 'others';
  end if;
  insert into embedd.failed_logins as f (minute, address) values (v_minute, v_address)
  on conflict (minute, address) do update set attempts = f.attempts + 1;
end
$$;
