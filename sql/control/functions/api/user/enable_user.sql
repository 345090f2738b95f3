-- Accept the keys of a disabled user again. Returns the id of the user.
create or replace function embedd.enable_user("user" text) returns uuid
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid := embedd_internal.resolve_user("user");
begin
  update embedd.users set disabled_at = null where id = v_id;
  perform embedd_internal.note_change('enable_user', v_id::text);
  return v_id;
end
$$;
comment on function embedd.enable_user(text) is 'Accept the keys of a disabled user again.';
