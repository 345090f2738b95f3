-- Return the version of a generation, and what plan_search() needs of generation_facts(). The version changes with each
-- row that get_generation() reads, except for what only workers need: how changes are captured, and whether the rows
-- are metered. It spares a search the cost of get_generation(), the largest part of its plan.
create or replace function embedd_internal.brief_generation(p_generation_id bigint) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'version', concat_ws('.', g.id, g.xmin, g.ctid, v.xmin, v.ctid, c.xmin, c.ctid,
                         e.xmin, e.ctid, m.xmin, m.ctid),
    'vector_table', jsonb_build_object('name', v.name),
    'source', jsonb_build_object('columns', g.columns),
    'store', jsonb_build_object('kind', g.store, 'co_located', g.store = 'pgvector' and c.host is null))
    from embedd.generations g
    join embedd.vector_tables v on v.id = g.vector_table_id
    join embedd.connections c on c.id = v.connection_id
    left join embedd.embedders e on e.id = g.embedder_id
    left join embedd.models m on m.provider = g.provider and m.model = g.embedding_model
   where g.id = p_generation_id
$$;
