-- Set how many requests and tokens a provider allows an embedder per minute. All workers and queries together stay
-- within these limits. Null means unlimited.
create or replace function embedd.set_rate_limits(
  embedder text, requests_per_minute int, tokens_per_minute bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_old embedd.embedders := embedd_internal.lock_embedder(embedder);
begin
  perform embedd_internal.require_permission('update', 'embedder', v_old.owner_id);
  if set_rate_limits.requests_per_minute <= 0 or set_rate_limits.tokens_per_minute <= 0 then
    raise exception using errcode = 'EBV01',
      message = 'requests_per_minute and tokens_per_minute must be greater than 0.',
      hint = 'Use null for no limit.';
  end if;
  update embedd.embedders e
     set requests_per_minute = set_rate_limits.requests_per_minute,
         tokens_per_minute = set_rate_limits.tokens_per_minute
   where e.id = v_old.id;
  delete from embedd.rate_buckets where embedder_id = v_old.id;
  update embedd.vector_tables set changed_at = now() where embedder_id = v_old.id and dropped_at is null;
  perform pg_notify('embedd', '');
  perform embedd_internal.note_change('set_rate_limits', v_old.public_id);
end
$$;
comment on function embedd.set_rate_limits(text, int, bigint) is
  'Limit the requests and tokens of an embedder per minute, all workers and queries together; null: no limit.';
