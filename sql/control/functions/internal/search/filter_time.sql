-- Return a time of a filter in the one form of stored times, as 2026-03-13T10:00:00.000000Z. It is given in ISO 8601,
-- where a time without a zone is in UTC and a date means its first moment, or relative to now(), as `now`, `now-7d` or
-- `now+90m`, with the units s, m, h, d and w.
create or replace function embedd_internal.filter_time(p_time text, p_path text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_relative text[] := regexp_match(p_time, '^now(?:([+-])(\d{1,9})([smhdw]))?$');
  -- The date, the time of day, and the zone.
  v_parts text[] := regexp_match(
    p_time, '^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)([Zz]|[+-]\d\d(?::?\d\d)?)?)?$');
  v_time timestamptz;
begin
  begin
    if v_relative is not null then
      v_time := now() + coalesce((v_relative[1] || v_relative[2])::int, 0) * make_interval(secs =>
        case v_relative[3] when 's' then 1 when 'm' then 60 when 'h' then 3600 when 'd' then 86400 else 604800 end);
    else
      v_time := format('%s %s%s', v_parts[1], coalesce(v_parts[2], '00:00'), coalesce(v_parts[3], 'Z'))::timestamptz;
    end if;
  exception when data_exception then
    v_time := null;
  end;

  if v_parts is null and v_relative is null or v_time is null then
    raise exception using errcode = 'EBV01',
      message = format('%s must be a time in ISO 8601, or relative to now.', p_path),
      hint = 'For example "2026-03-13T10:00:00Z", "2026-03-13" or "now-7d".';
  elsif v_time not between '0001-01-01 00:00:00Z' and '9999-12-31 23:59:59.999999Z' then
    raise exception using errcode = 'EBV01',
      message = format('%s must be in the years 1 to 9999.', p_path),
      hint = 'Compare with a time in these years.';
  end if;
  return to_char(v_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
end
$$;
