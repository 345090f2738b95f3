-- Raise if a procedure was called where it cannot commit, given the message of its attempt to commit in an exception
-- block. PostgreSQL refuses that attempt everywhere, and says inside a transaction block what it says of any commit in
-- a function, as here.
create or replace function embedd_internal.refuse_transaction_block(p_message text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_message text;
begin
  begin
    commit;
  exception when invalid_transaction_termination then
    v_message := sqlerrm;
  end;
  if v_message = p_message then
    raise exception using errcode = 'EBV01',
      message = 'prepare_search() cannot run inside a transaction: a worker sees a request only when it is committed.',
      hint = 'Switch on autocommit, or call it before the transaction begins (psql: \set AUTOCOMMIT on).';
  end if;
end
$$;
