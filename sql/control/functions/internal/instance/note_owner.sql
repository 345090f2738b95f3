-- Judge the owner mark that a worker found in a store (p_found, null if there is none; p_found_token is its token), and
-- return the next mark to write.
-- own: this database left the mark. beat is the next mark to write, under token; it is remembered before it is written.
-- unknown: a copy, the original of a restored backup, or a primary that was lost with its last transactions left the
-- mark. If the mark does not change for p_watch, its writer is gone, and this database continues in its place. foreign:
-- the mark changed meanwhile, so a copy is writing, and an operator must decide. renamed: the worker must look at the
-- mark of uid instead.
create or replace function embedd_internal.note_owner(
  p_uid text, p_found text, p_found_token bigint, p_watch interval,
  out state text, out uid text, out beat text, out token bigint)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_stored embedd.instance;
begin
  select * into v_stored from embedd.instance for update;
  uid := v_stored.uid;
  state := case
    when p_uid is distinct from uid then 'renamed'
    when v_stored.rivalled then 'foreign'
    when p_found is null or p_found = any (v_stored.beats) then 'own'
    when v_stored.rival is null then 'unknown'
    when v_stored.rival <> p_found then 'foreign'
    when v_stored.rival_since > clock_timestamp() - p_watch then 'unknown'
    else 'own' end;
  if state = 'unknown' and v_stored.rival is null then
    update embedd.instance set rival = p_found, rival_since = clock_timestamp();
  elsif state = 'foreign' and not v_stored.rivalled then
    update embedd.instance
       set rivalled = true, beats = beats || p_found, fence_high = greatest(fence_high, p_found_token);
  elsif state = 'own' then
    beat := gen_random_uuid();
    -- If the token of this database's own mark is above the sequence, the sequence was set back; the next
    -- check_instance() finds that.
    update embedd.instance
       set beats = beats[greatest(1, cardinality(beats) - 18):] || beat,
           rival = null,
           fence_high = greatest(fence_high, p_found_token);
    if p_found is not null and p_found <> all (v_stored.beats) then
      perform embedd_internal.restart_ledger(
        'Another database wrote to the vector store until it stopped; this one continues in its place.');
    end if;
    token := nextval('embedd.fence');
  end if;
end
$$;
