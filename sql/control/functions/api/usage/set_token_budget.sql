-- Limit the tokens that an embedder may use for documents in a month (UTC); null removes the limit. Workers apply the
-- limit at once.
create or replace function embedd.set_token_budget(embedder text, monthly_tokens bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_old embedd.embedders := embedd_internal.lock_embedder(embedder);
begin
  perform embedd_internal.require_permission('update', 'embedder', v_old.owner_id);
  if monthly_tokens < 0 then
    raise exception using errcode = 'EBV01',
      message = 'monthly_tokens must not be negative.',
      hint = 'Use null for no limit.';
  end if;
  update embedd.embedders set monthly_token_budget = monthly_tokens where id = v_old.id;
  update embedd.vector_tables set changed_at = now() where embedder_id = v_old.id and dropped_at is null;
  update embedd.jobs set run_at = clock_timestamp()
   where generation_id in (select id from embedd.generations where embedder_id = v_old.id)
     and error_class = 'budget' and state = 'queued' and run_at > clock_timestamp();
  update embedd.ranges set run_at = clock_timestamp()
   where generation_id in (select id from embedd.generations where embedder_id = v_old.id)
     and error_class = 'budget' and run_at > clock_timestamp();
  perform pg_notify('embedd', '');
  perform embedd_internal.note_change('set_token_budget', v_old.public_id);
end
$$;
comment on function embedd.set_token_budget(text, bigint) is
  'Limit the tokens of an embedder for documents in a month; null: no limit.';
