-- Undo add_model(). A shipped model gets its shipped values again. Vector tables that use the model continue.
create or replace function embedd.remove_model(provider text, model text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  delete from embedd.models m
   where m.provider = remove_model.provider and m.model = remove_model.model and m.origin = 'operator';
  if not found then
    raise exception using errcode = 'EBV01',
      message = format('No model %s of the provider %s was added.', quote_literal(coalesce(remove_model.model, '')),
                       quote_literal(coalesce(remove_model.provider, ''))),
      hint = 'Those with the origin operator in embedd.list_models() can be removed.';
  end if;
  perform embedd_internal.seed_models();
  perform embedd_internal.note_change('remove_model', format('%s %s', remove_model.provider, remove_model.model));
end
$$;
comment on function embedd.remove_model(text, text) is 'Remove a model that was added with add_model().';
