-- Refuses all keys of a user from the next request on, until enable_user(); what they own stays and goes on. Returns its id.
create or replace function embedd.disable_user("user" text) returns uuid
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid := embedd_internal.resolve_user("user");
begin
  perform embedd_internal.check_owner_left(v_id);
  update embedd.users set disabled_at = coalesce(disabled_at, now()) where id = v_id;
  perform embedd_internal.note_change('disable_user', v_id::text);
  return v_id;
end
$$;
comment on function embedd.disable_user(text) is 'Refuses all keys of a user at once; enable_user() admits them again.';
