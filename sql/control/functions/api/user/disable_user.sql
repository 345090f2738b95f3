-- Refuse all keys of a user from the next request on, until enable_user(). Everything that the user owns stays and
-- continues. Returns the id of the user.
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
comment on function embedd.disable_user(text) is 'Refuse all keys of a user at once; enable_user() accepts them again.';
