-- Return the vector of a text, as an embedder makes it for queries; model and dimensions default to those of the
-- embedder. The service calls the vendor, so the database needs the helper in plpython3u. Usage is recorded without a
-- vector table.
create or replace function embedd.embed(
  "text" text, embedder text default 'local', model text default null, dimensions int default null)
returns real[]
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := (select public_id from embedd.embedders where id = embedd_internal.resolve_embedder(embedder));
  v_answer jsonb;
begin
  if coalesce(btrim("text"), '') = '' then
    raise exception using errcode = 'EBV01', message = 'text must not be empty.', hint = 'Give the text to embed.';
  end if;
  v_answer := embedd_internal.call_service(
    'embed', v_id, jsonb_build_object('text', "text", 'model', model, 'dimensions', dimensions));
  return array(
    select n::real from jsonb_array_elements_text(v_answer -> 'embedding') with ordinality e (n, place) order by place);
end
$$;
comment on function embedd.embed(text, text, text, int) is
  'Return the vector of a text, as an embedder makes it for queries; needs the helper in plpython3u.';
