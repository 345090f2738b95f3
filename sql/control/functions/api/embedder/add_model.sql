-- Add a model to the catalogue, or replace what the catalogue says of it until remove_model(); shipped models can be
-- replaced, too. Limits that are null are those of the provider. sizes lists all vector sizes the model yields, as in
-- '256 512 1024' or '128-3072'; if it is left out, only dimensions. For operators alone, because the catalogue belongs
-- to the whole installation.
create or replace function embedd.add_model(
  provider text, model text, dimensions int default null, sizes text default null,
  max_text_tokens int default null, max_items int default null, max_tokens int default null,
  usd_per_million numeric default null, kind text default 'embedding', retired_on date default null,
  successor text default null)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_fault text := case
    when not exists (select from embedd_internal.providers() p where p.provider = add_model.provider)
      then format('provider %s is not known.', quote_literal(coalesce(add_model.provider, '')))
    when coalesce(add_model.kind, '') not in ('embedding', 'rerank') then 'kind must be embedding or rerank.'
    when add_model.kind = 'embedding' and (add_model.dimensions between 1 and 16000) is not true
      then 'dimensions must be between 1 and 16000.'
    when add_model.kind = 'rerank' and (add_model.dimensions is not null or add_model.sizes is not null)
      then 'A reranking model has no dimensions.'
    when add_model.sizes !~ '^\d{1,5}(-\d{1,5})?([ ,]+\d{1,5}(-\d{1,5})?)*$'
      then 'sizes must be numbers or spans of them.'
    when not embedd_internal.read_sizes(add_model.sizes) @> add_model.dimensions
         or not embedd_internal.read_sizes(add_model.sizes) <@ int4range(1, 16000, '[]')
      then 'sizes must include dimensions and stay within 1 to 16000.'
    when least(add_model.max_text_tokens, add_model.max_items, add_model.max_tokens) < 1 then 'Limits must be positive.'
    when add_model.usd_per_million < 0 then 'usd_per_million must not be negative.'
  end;
begin
  perform embedd_internal.check_text(add_model.model, 'model', 500, 'Name the model as its vendor does.');
  if v_fault is not null then
    raise exception using errcode = 'EBV01', message = v_fault,
      hint = 'For example: select embedd.add_model(''openai'', ''text-embedding-4'', 2048, usd_per_million => 0.02).';
  end if;

  -- A trigger removes a shipped row of the same name.
  delete from embedd.models m
   where m.provider = add_model.provider and m.model = add_model.model and m.origin = 'operator';

  insert into embedd.models (provider, model, kind, dimensions, sizes, max_text_tokens, max_items, max_tokens,
                             usd_per_million, retired_on, successor, origin)
  values (add_model.provider, add_model.model, add_model.kind, add_model.dimensions,
          embedd_internal.read_sizes(coalesce(add_model.sizes, add_model.dimensions::text)), add_model.max_text_tokens,
          add_model.max_items, add_model.max_tokens, add_model.usd_per_million, add_model.retired_on,
          add_model.successor, 'operator');
  perform embedd_internal.note_change('add_model', format('%s %s', add_model.provider, add_model.model));
end
$$;
comment on function embedd.add_model(text, text, int, text, int, int, int, numeric, text, date, text) is
  'Add a model to the catalogue, or replace it: sizes, limits, price; null means not known.';
