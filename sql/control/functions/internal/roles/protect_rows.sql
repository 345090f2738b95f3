-- Enable row security on the tables whose rows belong to an organization, and create the missing policies, as a part of
-- grant_rights(). embedd_admin and embedd_reader see and change the rows of the acting organization only. A worker
-- serves all organizations, unless it acts for one. embedd_definer sees all rows, because its functions check
-- themselves whose rows they touch. Row security is not forced: the owner, who dumps and upgrades, sees all rows. A
-- role that is not listed sees none. To change a condition, drop its policies in a migration.
create or replace function embedd_internal.protect_rows() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_acts text := $acts$(select coalesce(current_setting('embedd.organization', true), ''))$acts$;
  v_policy record;
begin
  for v_policy in
    with belonging (name, condition) as (
      values ('organizations', 'id = %s')
      union all
      select unnest(array['users', 'environments', 'api_keys', 'connections', 'embedders', 'vector_tables', 'tasks',
                          'daily_usage', 'request_counts', 'audit_log', 'search_requests']), 'organization_id = %s'
      union all
      values ('generations', 'exists (select from embedd.vector_tables p where p.id = generations.vector_table_id)'),
             ('verifications',
              'exists (select from embedd.vector_tables p where p.id = verifications.vector_table_id)'),
             ('notices',
              'vector_table_id is null '
              'or exists (select from embedd.vector_tables p where p.id = notices.vector_table_id)'),
             ('unread_stores', 'exists (select from embedd.generations p where p.id = unread_stores.generation_id)'),
             ('rate_buckets', 'exists (select from embedd.embedders p where p.id = rate_buckets.embedder_id)'),
             ('remote_outboxes', 'exists (select from embedd.connections p where p.id = remote_outboxes.connection_id)')
    )
    select r.rolname as role, format('embedd.%I', b.name)::regclass as relation,
           case r.rolname when 'embedd_definer' then 'true'
             when 'embedd_worker' then format('%s = %L or (%s)', v_acts, '', format(b.condition, v_acts))
             else format(b.condition, '(select embedd_internal.acting_organization())') end as condition
      from belonging b cross join pg_roles r where r.rolname in (select role from embedd.role_rights())
  loop
    if not (select relrowsecurity from pg_class where oid = v_policy.relation) then
      execute format('alter table %s enable row level security', v_policy.relation);
    end if;
    if not exists (select from pg_policy where polrelid = v_policy.relation and polname = v_policy.role) then
      execute format('create policy %I on %s to %I using (%s)',
                     v_policy.role, v_policy.relation, v_policy.role, v_policy.condition);
      execute format('comment on policy %I on %s is %L', v_policy.role, v_policy.relation,
                     'Which rows it sees and changes, as protect_rows() says.');
    end if;
  end loop;
end
$$;
