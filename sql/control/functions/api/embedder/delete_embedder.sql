-- Delete an embedder and its credentials for good. Fail if vector tables use it, unless allow_in_use is true. Then
-- those tables keep their vectors, and as soon as a text must be embedded their sync stops with an error until they get
-- another embedder.
create or replace function embedd.delete_embedder(embedder text, allow_in_use boolean default false) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_old embedd.embedders := embedd_internal.lock_embedder(embedder);
begin
  perform embedd_internal.require_permission('delete', 'embedder', v_old.owner_id);
  if not allow_in_use and embedd_internal.embedder_in_use(v_old.id) then
    raise exception using errcode = 'EBC09',
      message = format('Vector tables still use the embedder %s.', quote_literal(v_old.name)),
      hint = 'Drop them or move them to another embedder first.';
  end if;

  update embedd.vector_tables set changed_at = now() where embedder_id = v_old.id and dropped_at is null;
  delete from embedd.embedders where id = v_old.id;

  perform pg_notify('embedd', '');
  perform embedd_internal.note_change('delete_embedder', v_old.public_id);
end
$$;
comment on function embedd.delete_embedder(text, boolean) is
  'Delete an embedding configuration and its credentials for good.';
