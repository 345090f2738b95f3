-- Return whether a capture state has every trigger: on each table one row trigger or three statement triggers, and the
-- truncate trigger.
create or replace function embedd_internal.is_capture_whole(p_capture_id int, p_state jsonb) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select count(*) filter (where key like 'trigger %')
         = count(*) filter (where key like 'table %') * case when c.row_level then 2 else 4 end
    from embedd.captures c left join jsonb_object_keys(p_state) key on true
   where c.id = p_capture_id
   group by c.row_level
$$;
