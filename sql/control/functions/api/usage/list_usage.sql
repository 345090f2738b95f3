-- Return the usage of the organization by day, vector table, embedder and kind, newest first. The names of deleted
-- objects are null; cost_usd is null where the model has no price.
create or replace function embedd.list_usage(
  from_day date default null, to_day date default null, vector_table text default null)
returns table (day date, vector_table_id text, vector_table_name text, embedder_id text, embedder_name text,
               provider text, model text, kind text, requests bigint, tokens bigint, cost_usd numeric)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := case when list_usage.vector_table is not null
                    then embedd_internal.resolve_vector_table(list_usage.vector_table) end;
begin
  if from_day > to_day then
    raise exception using errcode = 'EBV01',
      message = 'from must not be after to.',
      hint = 'Give the earlier day first.';
  end if;
  return query
  select u.day, u.vector_table_id, v.name,
         coalesce(e.public_id, 'emb_' || replace(u.embedder_id::text, '-', '')), e.name, u.provider,
         u.model, u.kind, u.requests, u.tokens,
         round(u.tokens * embedd_internal.get_price(u.provider, u.model) / 1000000, 6)
    from embedd.daily_usage u
    left join embedd.vector_tables v on v.id = u.vector_table_id
    left join embedd.embedders e on e.id = u.embedder_id
   where u.organization_id = embedd_internal.acting_organization() and (v_id is null or u.vector_table_id = v_id)
     and u.day >= coalesce(from_day, date_trunc('month', now() at time zone 'utc')::date)
     and u.day <= coalesce(to_day, 'infinity')
   order by u.day desc, v.name, u.vector_table_id, e.name, u.provider, u.model, u.kind;
end
$$;
comment on function embedd.list_usage(date, date, text) is
  'Return requests, tokens and cost by day, vector table and embedder; by default of this month.';
