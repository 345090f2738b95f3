-- Drop the trigger function of a capture, with the rights of generate_capture(), which made it. Fails while triggers
-- use the function.
create or replace function embedd_internal.drop_capture_function(p_capture_id int) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  execute format('drop function if exists embedd.capture_%s()', p_capture_id);
end
$$;
