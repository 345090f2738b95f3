-- Count one request of an organization and return whether it is within p_limit per minute. The window slides over two
-- one-minute buckets: requests of the previous minute count in proportion to the part of that minute that is less than
-- a minute ago. Refused requests are not counted, so that a client that keeps trying is served again in time. There is
-- one statement, and the lock on its row puts the requests of all API processes in order. A clock in the minute before
-- the row's is treated as the start of that minute; a clock that is further behind was set back, and counting starts
-- anew. The tolerance of 1e-6 admits a request that waited exactly as long as it was told.
create or replace function embedd_internal.take_request(
  p_organization_id text, p_limit int, p_at timestamptz default clock_timestamp())
returns table (admitted boolean, remaining int, reset_at bigint, wait_seconds int)
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  with clock as materialized (
    select extract(epoch from p_at)::double precision as epoch, floor(extract(epoch from p_at) / 60)::bigint as minute
  ), counted as (
    insert into embedd.request_counts as c (organization_id, minute, current, previous, admitted)
    select p_organization_id, minute, 1, 0, true from clock
    on conflict (organization_id) do update set (minute, current, previous, admitted) = (
      select n.minute, n.current + n.fits::int, n.previous, n.fits
        from (select m.minute, m.current, m.previous,
                     m.previous * (1 - m.elapsed) + m.current + 1 <= p_limit + 1e-6 as fits
                from (select case when c.minute = excluded.minute + 1 then c.minute else excluded.minute end as minute,
                             case when c.minute - excluded.minute in (0, 1) then c.current else 0 end as current,
                             case when c.minute - excluded.minute in (0, 1) then c.previous
                                  when c.minute = excluded.minute - 1 then c.current else 0 end as previous,
                             case when c.minute = excluded.minute + 1 then 0
                                  else extract(epoch from p_at)::double precision / 60 - excluded.minute end
                               as elapsed) m) n)
    returning *
  ), judged as (
    select k.*, t.epoch, greatest(0, t.epoch / 60 - k.minute) as elapsed from counted k, clock t
  ), waiting as (
    -- The part of this minute (above 1: of the next one) after which one more request will fit.
    select j.*,
           case when j.current < p_limit
                then 1 - (p_limit - 1 - j.current) / nullif(j.previous, 0)::double precision
                else 2 - (p_limit - 1) / nullif(j.current, 0)::double precision end as fits_at
      from judged j
  )
  select w.admitted,
         case when w.admitted
              then greatest(0, floor(p_limit - w.current - w.previous * (1 - w.elapsed)))::int else 0 end,
         case when w.admitted then (w.minute + 1) * 60
              else ceil(w.epoch)::bigint + greatest(1, ceil((w.fits_at - w.elapsed) * 60))::bigint end,
         case when w.admitted then 0 else greatest(1, ceil((w.fits_at - w.elapsed) * 60))::int end
    from waiting w
$$;
