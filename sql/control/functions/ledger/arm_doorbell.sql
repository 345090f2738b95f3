-- Armed: writers notify. A worker arms it before it sleeps and disarms it when it finds work; both cost a write only
-- when something changes.
create or replace function embedd.arm_doorbell(p_armed boolean) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.doorbell set armed = p_armed where armed <> p_armed
$$;
