-- What a worker found in the store as the mark of who writes to it (p_found, null: none; p_found_token is the mark's).
-- own: it is one that this database left; beat is the next one to leave, under token, remembered before it is written.
-- Any other was left by a copy, by what this database was restored from, or by a primary that was lost with its last
-- moments: unknown, until it has not changed for p_watch; then nobody is there any more, and this database goes on in its
-- place. If it changes meanwhile a copy is at work: foreign, until an operator decides. renamed: look at the mark of uid.
create or replace function embedd_internal.note_owner(
  p_uid text, p_found text, p_found_token bigint, p_watch interval, out state text, out uid text, out beat text, out token bigint)
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
    update embedd.instance set rivalled = true, beats = beats || p_found, fence_high = greatest(fence_high, p_found_token);
  elsif state = 'own' then
    beat := gen_random_uuid();
    -- A mark of ours whose token is above the sequence: that was set back, which the next look finds.
    update embedd.instance
       set beats = beats[greatest(1, cardinality(beats) - 18):] || beat, rival = null, fence_high = greatest(fence_high, p_found_token);
    if p_found is not null and p_found <> all (v_stored.beats) then
      perform embedd_internal.restart_ledger('Another database wrote to the vector store until it ended; this one goes on in its place.');
    end if;
    token := nextval('embedd.fence');
  end if;
end
$$;
