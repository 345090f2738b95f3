-- Refuse, as a trigger on embedd.captures, to add a table or a column unless the current role owns the source table or
-- is a member of its owner. The generated trigger runs with the rights of whichever role writes the row, and
-- generate_capture(), which has other rights, writes exactly what the row in embedd.captures says. Columns may be
-- removed by every role.
create or replace function embedd_internal.refuse_foreign_capture() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_owner oid := (select relowner from pg_class where oid = new.source_table);
begin
  if tg_op = 'UPDATE' then
    if old.source_table = new.source_table
       and old.key_columns = new.key_columns
       and new.tracked_columns <@ old.tracked_columns
    then
      return new;
    end if;
  end if;

  if pg_has_role(v_owner, 'usage') is not true then
    raise exception using errcode = '42501',
      message = format('The role %s may not decide what is captured of %s: it does not own the table.',
                       current_user, new.source_table),
      hint = 'Create and change vector tables as the owner of their source table, '
             'or as a member of the role that owns it.';
  end if;
  return new;
end
$$;
do $$
begin
  if not exists (select from pg_catalog.pg_trigger
                  where tgrelid = 'embedd.captures'::pg_catalog.regclass and tgname = 'captures_of_own_tables') then
    create trigger captures_of_own_tables before insert or update on embedd.captures
      for each row execute function embedd_internal.refuse_foreign_capture();
    alter table embedd.captures enable always trigger captures_of_own_tables;
  end if;
end
$$;
