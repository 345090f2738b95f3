-- Raise unless the source database can hold the vectors, as mode platform needs: pgvector is installed and the role may
-- create tables in the schema of the source table.
create or replace function embedd_internal.check_platform(p_source jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_source ->> 'vector_version' is null then
    raise exception using errcode = 'EBV01',
      message = 'mode platform needs the extension pgvector in the source database.',
      hint = 'create extension vector (as a superuser, or where the extension is trusted), or use mode managed.';
  end if;
  if not (p_source ->> 'can_create')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('The role %s may not create tables in the schema %s.',
                       p_source ->> 'role', p_source ->> 'schema'),
      hint = format('grant create on schema %I to %I', p_source ->> 'schema', p_source ->> 'role');
  end if;
end
$$;
