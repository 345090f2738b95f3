-- Raise unless the role that asks may read the vectors of a generation, before anything is spent on its search. Vectors
-- outside this database have no rights of roles. A reranker reads every row that a search finds, so it is refused to a
-- role from which row security hides some.
create or replace function embedd_internal.check_search_rights(p_generation jsonb, p_need jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_role name := embedd_internal.asking_role();
  v_schema text := p_generation -> 'store' ->> 'schema';
  v_table regclass;
begin
  if not (p_generation -> 'store' -> 'co_located')::boolean then
    return;
  end if;

  v_table := to_regclass(format('%I.%I', v_schema, p_generation -> 'store' ->> 'name'));
  if not coalesce(has_schema_privilege(v_role, v_schema, 'usage')
                     and has_table_privilege(v_role, v_table, 'select'), false) then
    raise exception using errcode = 'insufficient_privilege',
      message = format('permission denied for table %s', p_generation -> 'store' ->> 'name'),
      hint = format('Its owner grants it: grant select on %s to %I', v_table, v_role);
  elsif p_need ? 'answer' and exists (
    select
      from pg_class c
      join pg_roles r on r.rolname = v_role
     where c.oid = v_table and c.relrowsecurity
       and not (r.rolsuper or r.rolbypassrls
                or pg_has_role(v_role, c.relowner, 'usage') and not c.relforcerowsecurity)
  ) then
    raise exception using errcode = 'EBV01',
      message = format('rerank reads rows of %s that row security hides from you.',
                       p_generation -> 'vector_table' ->> 'name'),
      hint = 'Leave rerank out.';
  end if;
end
$$;
