-- Describe what happened between two states of a capture, one sentence for each change. New columns and new triggers
-- are left out, because embedd added them. A changed trigger function is left out too: embedd may have written it, and
-- generating it again shows whether it was altered.
create or replace function embedd_internal.compare_capture_states(p_before jsonb, p_after jsonb) returns setof text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with changed as (
    select key, split_part(key, ' ', 1) as kind, b.value as before, a.value as after
      from jsonb_each_text(p_before) b full join jsonb_each_text(p_after) a using (key)
     where a.value is distinct from b.value
  ), described as (
    select key, case
      when kind = 'table' and after is null then format('%s is gone or no longer part of the table.', before)
      when kind = 'table' and before is null then format('%s became part of the table.', after)
      when kind = 'table' then format('%s is now called %s.', before, after)
      when kind = 'rows' then 'It joined or left a tree of tables or a subscription.'
      when kind = 'column' and before is not null and after is not null then
        format('The column %s was altered.', substr(key, 8))
      when kind = 'trigger' and before is not null and p_after ? ('table ' || split_part(key, ' ', 2)) then
        format('The trigger %s on %s was %s.',
               split_part(key, ' ', 3),
               p_after ->> ('table ' || split_part(key, ' ', 2)),
               case when after is null then 'dropped' else 'disabled or altered' end)
      end as sentence
      from changed
  )
  select sentence from described where sentence is not null order by key
$$;
