-- Return a stored embedder with the given fields of the GoodMem API applied. Nothing is written.
create or replace function embedd_internal.change_embedder_record(p_old embedd.embedders, p_fields jsonb)
returns embedd.embedders
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_shown record;
begin
  select * into v_shown
    from embedd_internal.embedder_records() r
   where r.embedder_id = coalesce(p_old.shown_id, p_old.id);
  return embedd_internal.apply_embedder_fields(p_old, v_shown, p_fields);
end
$$;
